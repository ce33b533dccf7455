using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>How large a single value of a node may be, <c>Farm:Worker:Limits</c>.</summary>
public sealed class NodeLimitOptions
{
    /// <summary>The largest image that can be unpacked: its samples are counted in 32 bits.</summary>
    internal const long MostPixels = int.MaxValue / 4;

    /// <summary>Bytes of one tensor that a node makes; more fails at once instead of asking the allocator. Default: nine tenths of what the runtime may use.</summary>
    public long MaxTensorBytes { get; set; } = TensorMemory.NineTenths;

    /// <summary>Pixels of an image file that a node reads, over all its frames; 1 to 536870911. Default: 178956970, where Pillow refuses a file.</summary>
    public long MaxImagePixels { get; set; } = ImageDecoder.DefaultPixelLimit;

    /// <summary>Bytes of an image's caption that a data set node reads, at least 1. Default: 1 MiB.</summary>
    public long MaxCaptionBytes { get; set; } = 1024 * 1024;
}
