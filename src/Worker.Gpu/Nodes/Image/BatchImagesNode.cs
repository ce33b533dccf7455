using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images in one batch, all resized to the first; where some have alpha, the others get an opaque one.</summary>
internal sealed class BatchImagesNode : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("BatchImagesNode", "Batch Images").In("image").Module("comfy_extras.nodes_post_processing")
        .More("essentials_category", "Image Tools")
        .Autogrow("images", row => row.Input("image", "IMAGE"), "image", min: 2, max: 50)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = Rows.Of<Tensor>(call, "images");
        var channels = images.Max(image => image.shape[3]);
        var joined = images.Select(image => image.shape[3] < channels ? ImageChannels.AddAlpha(image) : image).ToArray();
        long height = joined[0].shape[1], width = joined[0].shape[2];
        TensorMemory.Require(joined.Sum(image => image.shape[0]), height, width, channels);
        return NodeResult.Of(cat([.. joined.Select(image => image.shape[1] == height && image.shape[2] == width
            ? image
            : Sizes.Resize(image, width, height, "bilinear", cropCentre: true))]));
    }
}
