using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A text.</summary>
internal sealed class PrimitiveString : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PrimitiveString", "String").In("utils/primitive").Module("comfy_extras.nodes_primitive")
        .String("value")
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
