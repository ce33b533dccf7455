using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images in that one of Kontext's sizes whose shape is nearest, by Lanczos, trimmed to it.</summary>
internal sealed class FluxKontextImageScale : TensorNode
{
    // The sizes it was trained on, as diffusers (Apache-2.0) lists them: PREFERRED_KONTEXT_RESOLUTIONS.
    private static readonly (long Width, long Height)[] Sizes =
    [
        (672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184), (944, 1104), (1024, 1024),
        (1104, 944), (1184, 880), (1248, 832), (1328, 800), (1392, 752), (1456, 720), (1504, 688), (1568, 672),
    ];

    protected override void Define(NodeBuilder node) => node
        .Named("FluxKontextImageScale").In("advanced/conditioning/flux").Module("comfy_extras.nodes_flux")
        .Input("image", "IMAGE")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var image = call.Get<Tensor>("image");
        var ratio = (double)image.shape[2] / image.shape[1];
        var (width, height) = Sizes.MinBy(size => Math.Abs(ratio - (double)size.Width / size.Height));
        return NodeResult.Of(Scaling.ResizeImages(image, width, height, "lanczos", cropCentre: true));
    }
}
