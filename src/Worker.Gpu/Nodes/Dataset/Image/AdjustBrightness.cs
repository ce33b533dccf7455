using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Values times a factor.</summary>
internal sealed class AdjustBrightness : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AdjustBrightness", "Adjust Brightness").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Float("factor", 1.0, 0.0, 2.0)
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of((call.Get<Tensor>("images") * call.Get<double>("factor")).clamp(0, 1));
}
