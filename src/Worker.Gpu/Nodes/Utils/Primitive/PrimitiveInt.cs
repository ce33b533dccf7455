using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>An integer.</summary>
internal sealed class PrimitiveInt : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PrimitiveInt", "Int").In("utils/primitive").Module("comfy_extras.nodes_primitive")
        .Int("value", min: -long.MaxValue, max: long.MaxValue, controlAfterGenerate: true)
        .Output("INT");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
