using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>One channel as a mask.</summary>
internal sealed class ImageToMask : TensorNode
{
    private static readonly string[] Channels = ["red", "green", "blue", "alpha"];
    protected override void Define(NodeBuilder node) => node
        .Named("ImageToMask", "Convert Image to Mask").In("mask").Module("comfy_extras.nodes_mask")
        .Input("image", "IMAGE")
        .Combo("channel", ["red", "green", "blue", "alpha"])
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var channel = Array.IndexOf(Channels, call.Get<string>("channel"));
        if (channel >= images.shape[3])
            throw NodeFailedException.IndexError($"channel: the image has {images.shape[3]} channels, none is '{call.Get<string>("channel")}'");
        return NodeResult.Of(images.select(3, channel).clone());
    }
}
