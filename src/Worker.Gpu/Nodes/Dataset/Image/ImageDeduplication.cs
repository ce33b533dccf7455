using Farm.Nodes;
using Farm.Worker.Imaging;
using System.Numerics;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Leaves out images that look like one before them, by an average hash of 8x8 cells.</summary>
internal sealed class ImageDeduplication : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageDeduplication", "Image Deduplication").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("images", "IMAGE")
        .Float("similarity_threshold", 0.95, 0.0, 1.0, options: o => o.Advanced())
        .Output("IMAGE", "images", isList: true);

    protected override NodeResult Compute(NodeCall call)
    {
        var threshold = call.List<double>("similarity_threshold")[0];
        List<ulong> kept = [];
        List<object?> images = [];
        foreach (var image in call.List<Tensor>("images"))
        {
            var hash = AverageHash(image);
            if (kept.Any(other => 1 - BitOperations.PopCount(hash ^ other) / (double)Cells >= threshold)) continue;
            kept.Add(hash);
            images.Add(image);
        }
        return NodeResult.Of((object)images.ToArray());
    }

    private const int Side = 8;
    private const int Cells = Side * Side;

    private static ulong AverageHash(Tensor image)
    {
        var small = Lanczos.Resize(TensorImages.ToPixels(image[0]), Side, Side);
        var greys = Enumerable.Range(0, Cells).Select(i => Grey(small, i)).ToArray();
        var mean = greys.Average();
        return greys.Select((grey, i) => grey > mean ? 1UL << i : 0).Aggregate((all, bit) => all | bit);
    }

    // Pillow's luma in 16-bit fixed point.
    private static int Grey(PixelBuffer image, int cell)
    {
        var at = cell * image.Channels;
        return image.Channels == 1 ? image.Data[at] : (19595 * image.Data[at] + 38470 * image.Data[at + 1] + 7471 * image.Data[at + 2] + 0x8000) >> 16;
    }
}
