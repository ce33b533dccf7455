namespace Farm.Worker.Imaging;

/// <summary>An image of 8-bit samples, rows from the top, channels interleaved.</summary>
internal sealed class PixelBuffer
{
    /// <summary>Wraps samples without a copy.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 (grey), 3 (RGB) or 4 (RGBA, alpha not multiplied in).</param>
    /// <param name="data">Exactly <paramref name="width"/> × <paramref name="height"/> × <paramref name="channels"/> bytes.</param>
    public PixelBuffer(int width, int height, int channels, byte[] data)
    {
        if (data.LongLength != (long)width * height * channels)
            throw new ArgumentException($"{data.LongLength} bytes are no {width}x{height} image of {channels} channels.", nameof(data));
        (Width, Height, Channels, Data) = (width, height, channels, data);
    }

    /// <summary>A black (and, with alpha, transparent) image.</summary>
    public PixelBuffer(int width, int height, int channels)
        : this(width, height, channels, new byte[checked(width * height * channels)])
    {
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel.</summary>
    public int Channels { get; }

    /// <summary>Bytes a row.</summary>
    public int Stride => Width * Channels;

    /// <summary>The samples.</summary>
    public byte[] Data { get; }

    /// <summary>One row.</summary>
    public Span<byte> Row(int y) => Data.AsSpan(y * Stride, Stride);
}
