namespace Farm.Worker.Imaging;

/// <summary>Where an image's alpha comes from; nodes treat them differently.</summary>
internal enum AlphaSource
{
    /// <summary>Opaque.</summary>
    None,

    /// <summary>A channel of its own, or a palette with transparent entries.</summary>
    Channel,

    /// <summary>One colour of an opaque image is declared transparent.</summary>
    ColourKey,
}

/// <summary>A decoded file, turned upright.</summary>
/// <param name="Frames">RGBA; one, or the frames of an animation, each whole.</param>
/// <param name="Alpha">Where alpha comes from.</param>
internal sealed record DecodedImage(IReadOnlyList<PixelBuffer> Frames, AlphaSource Alpha);
