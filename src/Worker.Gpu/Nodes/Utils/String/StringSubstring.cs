using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Characters of a text; negative positions count from the end.</summary>
internal sealed class StringSubstring : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StringSubstring", "Text Substring").In("utils/string").Module("comfy_extras.nodes_string")
        .String("string", multiline: true)
        .Int("start")
        .Int("end")
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(PythonString.Slice(call.Get<string>("string"), call.Get<long>("start"), call.Get<long>("end")));
}
