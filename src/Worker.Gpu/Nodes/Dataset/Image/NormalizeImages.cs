using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Values less a mean, divided by a deviation.</summary>
internal sealed class NormalizeImages : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("NormalizeImages", "Normalize Images").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .Input("images", "IMAGE")
        .Float("mean", 0.5, 0.0, 1.0, options: o => o.Advanced())
        .Float("std", 0.5, 0.001, 1.0, options: o => o.Advanced())
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of((call.Get<Tensor>("images") - call.Get<double>("mean")) / call.Get<double>("std"));
}
