using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>One minus each value.</summary>
internal sealed class ImageInvert : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ImageInvert", "Invert Image").In("image").Module("nodes")
        .More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(1 - call.Get<Tensor>("image"));
}
