using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Brings images with and without alpha together.</summary>
internal static class ImageChannels
{
    /// <summary>The image with one more channel of ones.</summary>
    public static Tensor AddAlpha(Tensor images) => cat([images, ones([.. images.shape[..^1], 1])], -1);

    /// <summary>For painting <paramref name="source"/> on <paramref name="destination"/>: surplus channels of the source go; a destination with more gains yet one.</summary>
    public static (Tensor Destination, Tensor Source) Match(Tensor destination, Tensor source)
    {
        long to = destination.shape[^1], from = source.shape[^1];
        if (to < from) return (destination, source.narrow(-1, 0, to));
        return to > from ? (AddAlpha(destination), source) : (destination, source);
    }
}
