using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>How large a single value of a node may be, <c>Farm:Worker:Limits</c>.</summary>
public sealed class NodeLimitOptions
{
    /// <summary>The largest image that can be unpacked: its samples are counted in 32 bits.</summary>
    internal const long MostPixels = int.MaxValue / 4;

    /// <summary>The most UI output of a prompt.</summary>
    internal const long MostUiBytes = 64 << 20;

    /// <summary>Bytes of one tensor that a node makes; more fails at once instead of asking the allocator. Default: nine tenths of what the runtime may use.</summary>
    public long MaxTensorBytes { get; set; } = TensorMemory.NineTenths;

    /// <summary>Pixels of an image file that a node reads, over all its frames; 1 to 536870911. Default: 178956970, where Pillow refuses a file.</summary>
    public long MaxImagePixels { get; set; } = ImageDecoder.DefaultPixelLimit;

    /// <summary>
    /// Bytes of UI output, as JSON, that the nodes of a prompt show together, and of a single image or text that a node sends while it runs; more
    /// fails the node. 1 to 67108864 (64 MiB), as a result travels in one message. Default: 32 MiB.
    /// </summary>
    public long MaxUiBytes { get; set; } = 32 << 20;

    /// <summary>Bytes of an image's caption that a data set node reads, at least 1. Default: 1 MiB.</summary>
    public long MaxCaptionBytes { get; set; } = 1024 * 1024;
}
