namespace Farm.Worker.Imaging;

/// <summary>An image file that cannot be read.</summary>
/// <param name="kind">The failure's name as ComfyUI's clients know it.</param>
/// <param name="message">What is wrong with which file.</param>
internal sealed class ImageException(string kind, string message) : Exception(message)
{
    /// <summary>The failure's name as ComfyUI's clients know it (<c>PIL.UnidentifiedImageError</c>, <c>OSError</c>, …).</summary>
    public string Kind => kind;

    /// <summary>The bytes are no image of a known format.</summary>
    public static ImageException Unidentified(string name) =>
        new("PIL.UnidentifiedImageError", $"cannot identify image file '{name}'");

    /// <summary>The file ends too early.</summary>
    public static ImageException Truncated(string name) => new("OSError", $"image file is truncated: '{name}'");

    /// <summary>The pixels cannot be unpacked.</summary>
    public static ImageException Broken(string name) => new("OSError", $"broken data stream when reading image file '{name}'");

    /// <summary>More pixels than the limit.</summary>
    public static ImageException TooLarge(string name, long pixels, long limit) =>
        new("PIL.Image.DecompressionBombError", $"Image size ({pixels} pixels) exceeds limit of {limit} pixels: '{name}'");
}
