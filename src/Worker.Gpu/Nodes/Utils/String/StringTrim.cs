using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Takes blanks off the ends of a text.</summary>
internal sealed class StringTrim : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringTrim", "Text Trim").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .Combo("mode", ["Both", "Left", "Right"])
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(Trim(call.Get<string>("string"), call.Get<string>("mode")));

    private static string Trim(string text, string mode) => mode switch
    {
        "Both" => PythonString.Strip(text),
        "Left" => PythonString.StripLeft(text),
        "Right" => PythonString.StripRight(text),
        _ => text,
    };
}
