using Farm.Nodes;
using Farm.Worker.Imaging;
using Farm.Worker.Imaging.Quantization;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Each image in few colours, chosen from its own.</summary>
internal sealed class ImageQuantize : TensorNode
{
    private static readonly Dictionary<string, Func<PixelBuffer, Palette, PixelBuffer>> Dithers = new()
    {
        ["none"] = Dithering.Plain,
        ["floyd-steinberg"] = Dithering.FloydSteinberg,
        ["bayer-2"] = (image, palette) => Dithering.Ordered(image, palette, 2),
        ["bayer-4"] = (image, palette) => Dithering.Ordered(image, palette, 4),
        ["bayer-8"] = (image, palette) => Dithering.Ordered(image, palette, 8),
        ["bayer-16"] = (image, palette) => Dithering.Ordered(image, palette, 16),
    };

    protected override void Define(NodeBuilder node) => node
        .Named("ImageQuantize").In("image/postprocessing").Module("comfy_extras.nodes_post_processing")
        .Input("image", "IMAGE")
        .Int("colors", 256, 1, 256, 1)
        .Combo("dither", Dithers.Keys)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var colours = call.Get<long>("colors");
        if (colours is < 1 or > 256) throw NodeFailedException.ValueError($"colors: {colours} is not between 1 and 256");
        if (images.shape[3] < 3) throw NodeFailedException.ValueError("image: three channels are needed");
        var name = call.Get<string>("dither");
        if (!Dithers.TryGetValue(name, out var dither)) throw NodeFailedException.ValueError($"dither: '{name}' is not known");
        return NodeResult.Of(cat([.. Batches.Range(0, images.shape[0]).Select(i =>
        {
            call.Context.Interrupted.ThrowIfCancellationRequested();
            var pixels = TensorImages.ToPixels(images[i].narrow(-1, 0, 3));
            return TensorImages.FromPixels(dither(pixels, MedianCut.Choose(pixels, (int)colours)));
        })]));
    }
}
