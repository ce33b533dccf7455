using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A number.</summary>
internal sealed class PrimitiveFloat : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PrimitiveFloat", "Float").In("utils/primitive").Module("comfy_extras.nodes_primitive")
        .Float("value", options: o => o.Set("min", -long.MaxValue).Set("max", long.MaxValue).Set("step", 0.1))
        .Output("FLOAT");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
