using System.Text;
using System.Text.RegularExpressions;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes SVG drawings, which flow as lists of files' bytes; with metadata in them where the prompt is given.</summary>
internal sealed partial class SaveSVGNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveSVGNode").In("image/save").Module("comfy_extras.nodes_images")
        .Describe("Saves SVG files.")
        .OutputNode()
        .Input("svg", "SVG")
        .String("filename_prefix", "svg/ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call)
    {
        var drawings = call.Get<IReadOnlyList<byte[]>>("svg");
        var name = OutputName.Parse(call.Get("filename_prefix", "svg/ComfyUI"), 0, 0, call.Service<TimeProvider>());
        var metadata = Metadata(call);
        var files = drawings.Select((drawing, i) =>
        {
            var bytes = metadata is null ? drawing : Encoding.UTF8.GetBytes(WithMetadata(Encoding.UTF8.GetString(drawing), metadata));
            return call.Context.Files.WriteNext(NodeFolder.Output, name.Subfolder, name.ForImage(i), ".svg", file => file.Write(bytes), lowest: i + 1);
        });
        return NodeResult.WithUi(new UiOutput().AddImages(files));
    }

    private static string? Metadata(NodeCall call)
    {
        var members = new OrderedDictionary<string, object?>();
        if (call.Value("prompt") is { } prompt) members["prompt"] = prompt;
        if (call.Value("extra_pnginfo") is IReadOnlyDictionary<string, object?> extra)
            foreach (var (key, value) in extra) members[key] = value;
        if (members.Count == 0) return null;
        // Within JSON the end mark of the section can only stand in a text, where an escape means the same.
        return IndentedJson.TryWrite(members, indent: 2)?.Replace("]]>", @"]]\u003e", StringComparison.Ordinal);
    }

    /// <summary>The drawing with the texts after every opening tag; white space is ComfyUI's.</summary>
    private static string WithMetadata(string drawing, string metadata)
    {
        const string Indent = "            ";
        var element = $"\n  <metadata>\n{Indent}    <![CDATA[\n{Indent}{metadata}\n{Indent}    ]]>\n{Indent}</metadata>\n{Indent}";
        return OpeningTag().Replace(drawing, tag => tag.Value + element);
    }

    [GeneratedRegex("<svg[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex OpeningTag();
}
