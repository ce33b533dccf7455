using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Distances from grey times a factor.</summary>
internal sealed class AdjustContrast : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AdjustContrast", "Adjust Contrast").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Float("factor", 1.0, 0.0, 2.0)
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(((call.Get<Tensor>("images") - 0.5) * call.Get<double>("factor") + 0.5).clamp(0, 1));
}
