using Farm.Engine.Models.Vae;
using Farm.Engine.Sampling;
using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Pictures of unfinished latents for clients, 512 pixels on the longer side, as JPEG: by the latent space's colour matrix, or by an approximation of its
/// autoencoder where a client asks for that and the files are there.
/// </summary>
internal sealed class LatentPreviews
{
    private const int LongSide = 512;
    private const int Quality = 95;
    private const string ByColours = "latent2rgb";
    private const string ByNetwork = "taesd";

    private readonly LatentFormat _format;
    private readonly VaeModel? _vae;

    private LatentPreviews(LatentFormat format, VaeModel? vae)
    {
        _format = format;
        _vae = vae;
    }

    /// <summary>The previews that a prompt asks for; null for none. ComfyUI 0.19.3 sends none to those that do not ask.</summary>
    public static LatentPreviews? For(INodeContext context, LatentFormat format) => context.PreviewMethod switch
    {
        "auto" or ByColours => new LatentPreviews(format, vae: null),
        ByNetwork => new LatentPreviews(format, Approximation(context, format)),
        _ => null,
    };

    /// <summary>The picture of the first latent of a batch.</summary>
    public NodePreview Create(Tensor x0) => _vae is null ? Create(x0, _format) : Decoded(_vae, x0);

    private static VaeModel? Approximation(INodeContext context, LatentFormat format)
    {
        if (TinyAutoencoders.NameFor(format) is not { } name) return null;
        try
        {
            return TinyVaeFiles.Open(context, name);
        }
        catch (NodeFailedException)
        {
            return null; // without its files the colour matrix stands in, as in ComfyUI
        }
    }

    private NodePreview Decoded(VaeModel vae, Tensor x0)
    {
        using var scope = NewDisposeScope();
        var picture = vae.Decode(_format.FromModel(x0.narrow(0, 0, 1)));
        var (height, width) = (picture.shape[1], picture.shape[2]);
        var scale = Math.Min(1, (double)LongSide / Math.Max(width, height));
        var fitted = scale < 1 ? Scaling.ResizeImages(picture, Math.Max(1, Sizes.Round(width * scale)), Math.Max(1, Sizes.Round(height * scale)), "bilinear") : picture;
        return new NodePreview("image/jpeg", ImageEncoder.Jpeg(TensorImages.ToPixels(fitted[0]), Quality));
    }

    private static NodePreview Create(Tensor x0, LatentFormat format)
    {
        using var scope = NewDisposeScope();
        var small = LatentPreview.Create(x0, format);
        var cells = TensorImages.FromPixels(new PixelBuffer(small.Width, small.Height, 3, small.Rgb));
        var scale = (double)LongSide / Math.Max(small.Width, small.Height);
        var stretched = Scaling.ResizeImages(cells, Side(small.Width), Side(small.Height), "bilinear");
        return new NodePreview("image/jpeg", ImageEncoder.Jpeg(TensorImages.ToPixels(stretched[0]), Quality));

        long Side(int size) => Math.Max(1, Sizes.Round(size * scale));
    }
}
