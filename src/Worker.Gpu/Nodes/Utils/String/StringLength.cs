using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>How many characters a text has.</summary>
internal sealed class StringLength : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringLength", "Text Length").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .Output("INT", "length");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of((long)PythonString.Length(call.Get<string>("string")));
}
