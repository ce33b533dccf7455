using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>How often each of the 256 levels occurs in the first image of a batch.</summary>
internal sealed class ImageHistogram : TensorNode
{
    private const int Levels = 256;

    protected override void Define(NodeBuilder node) => node
        .Named("ImageHistogram", "Image Histogram").In("utils").Module("comfy_extras.nodes_curve")
        .Input("image", "IMAGE")
        .Output("HISTOGRAM", "rgb")
        .Output("HISTOGRAM", "luminance")
        .Output("HISTOGRAM", "red")
        .Output("HISTOGRAM", "green")
        .Output("HISTOGRAM", "blue");

    protected override NodeResult Compute(NodeCall call)
    {
        var image = call.Get<Tensor>("image")[0];
        if (image.shape[^1] < 3) throw NodeFailedException.IndexError("image: three channels are needed");
        Tensor red = image.select(-1, 0), green = image.select(-1, 1), blue = image.select(-1, 2);
        long[] reds = Count(red), greens = Count(green), blues = Count(blue);
        var luminance = Count(0.2126f * red + 0.7152f * green + 0.0722f * blue);
        return NodeResult.Of(
            List(reds.Zip(greens, blues).Select(level => (level.First + level.Second + level.Third) / 3)),
            List(luminance), List(reds), List(greens), List(blues));
    }

    private static long[] Count(Tensor plane)
    {
        var counts = new long[Levels];
        foreach (var level in TensorImages.ToBytes(plane).bytes) counts[level]++;
        return counts;
    }

    private static object?[] List(IEnumerable<long> counts) => [.. counts.Select(count => (object?)count)];
}
