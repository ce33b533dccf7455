using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Some images of a batch.</summary>
internal sealed class ImageFromBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageFromBatch").In("image/batch").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Int("batch_index", 0, 0, 4095)
        .Int("length", 1, 1, 4096)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var start = Math.Min(images.shape[0] - 1, call.Get<long>("batch_index"));
        return NodeResult.Of(images.narrow(0, start, Math.Min(images.shape[0] - start, call.Get<long>("length"))).clone());
    }
}
