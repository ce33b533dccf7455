using Microsoft.Extensions.Options;

namespace Farm.Gateway.Frontend;

/// <summary>Where the web page comes from, bound from <c>Farm:Frontend</c>. Checked when the process starts.</summary>
public sealed class FrontendOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Frontend";

    /// <summary>Folder of a build of ComfyUI's frontend (the one with <c>index.html</c>). None by default: a plain page is served instead.</summary>
    public string Root { get; set; } = "";

    /// <summary>Folder that <c>/templates</c> is served from: the files of ComfyUI's workflow templates. By default the one in <see cref="Root"/>.</summary>
    public string Templates { get; set; } = "";

    /// <summary>Folder that <c>/docs</c> is served from: the help texts of nodes. By default the one in <see cref="Root"/>.</summary>
    public string Docs { get; set; } = "";

    /// <summary>
    /// Folder that <c>/extensions</c> is served from, a folder a pack. Every <c>.js</c> file in it is listed, and so loaded by the page. By default the one
    /// in <see cref="Root"/>, of which nothing is listed.
    /// </summary>
    public string Extensions { get; set; } = "";

    /// <summary>Address of a frontend's development server, to which every path that is not the farm's is passed (<see href="frontend.md">frontend.md</see>). None by default.</summary>
    public string DevServer { get; set; } = "";

    /// <summary>
    /// Address of a real ComfyUI, to which every path is passed that neither the farm nor the page has: the routes and scripts of custom nodes.
    /// None by default.
    /// </summary>
    public string ComfyServer { get; set; } = "";

    /// <summary>How long a starting page waits for <see cref="ComfyServer"/> to tell which scripts its nodes bring; then it starts without. Default 3 seconds.</summary>
    public TimeSpan ComfyPatience { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Where unknown paths go; empty for nowhere.</summary>
    internal string Upstream => DevServer.Length > 0 ? DevServer : ComfyServer;

    /// <summary>Says which option breaks which rule, or nothing.</summary>
    internal IEnumerable<string> Problems()
    {
        if (DevServer.Length > 0 && (ComfyServer.Length > 0 || Root.Length > 0))
            yield return $"{Section}:{nameof(DevServer)} is given; {nameof(Root)} and {nameof(ComfyServer)} must not be given beside it.";
        foreach (var (name, address) in new[] { (nameof(DevServer), DevServer), (nameof(ComfyServer), ComfyServer) })
        {
            if (address.Length > 0 && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
                yield return $"{Section}:{name} is '{address}'; it must be an http or https address.";
        }
        if (ComfyPatience <= TimeSpan.Zero || ComfyPatience > TimeSpan.FromMinutes(1))
            yield return $"{Section}:{nameof(ComfyPatience)} is {ComfyPatience}; it must be more than zero and at most a minute.";
        if (Root.Length > 0 && !File.Exists(Path.Combine(Root, "index.html")))
            yield return $"{Section}:{nameof(Root)} is '{Root}'; the folder must hold an index.html.";
        foreach (var (name, folder) in new[] { (nameof(Templates), Templates), (nameof(Docs), Docs), (nameof(Extensions), Extensions) })
        {
            if (folder.Length > 0 && !Directory.Exists(folder))
                yield return $"{Section}:{name} is '{folder}'; the folder must exist.";
        }
    }
}

/// <summary>Checks <see cref="FrontendOptions"/> at start.</summary>
internal sealed class FrontendOptionsValidator : IValidateOptions<FrontendOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, FrontendOptions options) =>
        options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
