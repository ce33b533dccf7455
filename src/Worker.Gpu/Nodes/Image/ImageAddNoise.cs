using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Adds Gaussian noise.</summary>
internal sealed class ImageAddNoise : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageAddNoise").In("image").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Int("seed", 0, 0, ulong.MaxValue, controlAfterGenerate: true)
        .Float("strength", 0.5, 0.0, 1.0, 0.01)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        using var generator = new Generator(call.Get<ulong>("seed"));
        return NodeResult.Of((images + randn(images.shape, generator: generator) * call.Get<double>("strength")).clamp(0, 1));
    }
}
