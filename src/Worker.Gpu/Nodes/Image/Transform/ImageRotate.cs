using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Turns clockwise by quarters.</summary>
internal sealed class ImageRotate : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageRotate", "Image Rotate").In("image/transform").Module("comfy_extras.nodes_images")
        .More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Combo("rotation", ["none", "90 degrees", "180 degrees", "270 degrees"])
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(rot90(call.Get<Tensor>("image"), Quarters.Of(call.Get<string>("rotation")), (2, 1)));
}
