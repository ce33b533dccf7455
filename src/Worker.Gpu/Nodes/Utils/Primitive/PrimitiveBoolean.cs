using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A switch.</summary>
internal sealed class PrimitiveBoolean : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PrimitiveBoolean", "Boolean").In("utils/primitive").Module("comfy_extras.nodes_primitive")
        .Boolean("value")
        .Output("BOOLEAN");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
