using System.Collections.Immutable;
using Farm.Gateway.Frontend;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Extensions;

/// <summary>The scripts that a page loads: those in <see cref="FrontendOptions.Extensions"/>, and what a real ComfyUI behind the farm lists.</summary>
internal sealed class PageScripts(IOptions<FrontendOptions> options, ComfyScripts others)
{
    /// <summary>Where they are served.</summary>
    public const string Root = "/extensions/";

    /// <summary>Deep enough for a pack's own folders, and an end to links that lead in circles.</summary>
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 16 };

    /// <summary>Paths from the server's root, sorted, each once.</summary>
    public async Task<ImmutableArray<string>> ListAsync(CancellationToken cancel) =>
        [.. Own().Concat(await others.ListAsync(cancel)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Own() => options.Value.Extensions is { Length: > 0 } folder
        ? Directory.EnumerateFiles(folder, "*.js", Everywhere).Select(file => PathOf(Path.GetRelativePath(folder, file)))
        : [];

    private static string PathOf(string file) => Root + string.Join('/', file.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
}
