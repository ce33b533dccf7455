using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Capitals and small letters.</summary>
internal sealed class CaseConverter : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CaseConverter", "Text Case Converter").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .Combo("mode", ["UPPERCASE", "lowercase", "Capitalize", "Title Case"])
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(Convert(call.Get<string>("string"), call.Get<string>("mode")));

    private static string Convert(string text, string mode) => mode switch
    {
        "UPPERCASE" => PythonString.Upper(text),
        "lowercase" => PythonString.Lower(text),
        "Capitalize" => PythonString.Capitalize(text),
        "Title Case" => PythonString.Title(text),
        _ => text,
    };
}
