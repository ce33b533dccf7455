using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A rule that gives images [B, H, W, C] a new size.</summary>
/// <param name="Name">The choice, such as <c>scale width</c>.</param>
/// <param name="Inputs">Its inputs.</param>
internal sealed record ResizeRule(string Name, IReadOnlyDictionary<string, object?> Inputs)
{
    private const double MegaPixel = 1024 * 1024;

    /// <summary>Reads the value of the input <c>resize_type</c>.</summary>
    public static ResizeRule Read(IReadOnlyDictionary<string, object?> value) =>
        new(value.GetValueOrDefault("resize_type") as string ?? throw NodeFailedException.ValueError("resize_type: no choice is given"), value);

    /// <summary>The resized images, or the images themselves where the rule leaves them as they are.</summary>
    public Tensor Apply(Tensor images, string method)
    {
        long height = images.shape[1], width = images.shape[2];
        return Name switch
        {
            "scale by multiplier" => Resize(Sizes.Round(width * Number("multiplier")), Sizes.Round(height * Number("multiplier"))),
            "scale dimensions" => ToSides(images, Whole("width"), Whole("height"), method, IsCropped),
            "scale width" => ToSides(images, Whole("width"), 0, method, crop: false),
            "scale height" => ToSides(images, 0, Whole("height"), method, crop: false),
            "scale longer dimension" => ToSide(images, Whole("longer_size"), isWidth: width > height, method),
            "scale shorter dimension" => ToSide(images, Whole("shorter_size"), isWidth: width < height, method),
            "scale total pixels" => ToPixels(images, Math.Truncate(Number("megapixels") * MegaPixel), method),
            "match size" => ToMatch(images, method),
            "scale to multiple" => ToMultiple(images, Whole("multiple"), method),
            _ => throw NodeFailedException.ValueError($"resize_type: '{Name}' is no choice"),
        };

        Tensor Resize(long w, long h) => Sizes.Resize(images, w, h, method);
    }

    private bool IsCropped => Inputs.GetValueOrDefault("crop") as string != "disabled";

    private long Whole(string name) => Inputs.GetValueOrDefault(name) is long value ? value : throw Missing(name);

    private double Number(string name) => Inputs.GetValueOrDefault(name) switch
    {
        double value => value,
        long value => value,
        _ => throw Missing(name),
    };

    private static NodeFailedException Missing(string name) => NodeFailedException.TypeError($"resize_type.{name}: a number is expected");

    // A side of 0 follows from the other.
    private static Tensor ToSides(Tensor images, long width, long height, string method, bool crop)
    {
        if (width == 0 && height == 0) return images;
        double w = images.shape[2], h = images.shape[1];
        if (width == 0) width = Math.Max(1, Sizes.Round(w * height / h));
        if (height == 0) height = Math.Max(1, Sizes.Round(h * width / w));
        return Sizes.Resize(images, width, height, method, crop);
    }

    private static Tensor ToSide(Tensor images, long size, bool isWidth, string method)
    {
        double w = images.shape[2], h = images.shape[1];
        return isWidth
            ? Sizes.Resize(images, size, Sizes.Round(h / w * size), method)
            : Sizes.Resize(images, Sizes.Round(w / h * size), size, method);
    }

    private static Tensor ToPixels(Tensor images, double total, string method)
    {
        double w = images.shape[2], h = images.shape[1];
        var scale = Math.Sqrt(total / (w * h));
        return Sizes.Resize(images, Sizes.Round(w * scale), Sizes.Round(h * scale), method);
    }

    private Tensor ToMatch(Tensor images, string method)
    {
        var match = Inputs.GetValueOrDefault("match") as Tensor ?? throw NodeFailedException.TypeError("resize_type.match: an image or a mask is expected");
        return Sizes.Resize(images, match.shape[2], match.shape[1], method, IsCropped);
    }

    // Covers the largest multiple that fits, then cuts what stands out around the centre.
    private static Tensor ToMultiple(Tensor images, long multiple, string method)
    {
        if (multiple <= 1) return images;
        long w = images.shape[2], h = images.shape[1];
        var (width, height) = (w / multiple * multiple, h / multiple * multiple);
        if (width == 0 || height == 0 || (width == w && height == h)) return images;
        var (across, down) = ((double)width / w, (double)height / h);
        var (scaledWidth, scaledHeight) = across >= down
            ? (width, Math.Max(height, (long)Math.Ceiling(h * across)))
            : (Math.Max(width, (long)Math.Ceiling(w * down)), height);
        var scaled = Sizes.Resize(images, scaledWidth, scaledHeight, method);
        return scaled.narrow(1, (scaledHeight - height) / 2, height).narrow(2, (scaledWidth - width) / 2, width).contiguous();
    }
}
