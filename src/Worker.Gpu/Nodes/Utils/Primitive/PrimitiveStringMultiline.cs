using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A text of several lines.</summary>
internal sealed class PrimitiveStringMultiline : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PrimitiveStringMultiline", "String (Multiline)").In("utils/primitive").Module("comfy_extras.nodes_primitive")
        .More("essentials_category", "Basics")
        .String("value", multiline: true)
        .Output("STRING");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}
