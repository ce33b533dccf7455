using Farm.Engine.Sampling;
using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Pictures of unfinished latents for clients: the latent space's colour matrix, stretched to 512 pixels, as JPEG.</summary>
internal static class LatentPreviews
{
    private const int LongSide = 512;
    private const int Quality = 95;

    /// <summary>The picture of the first latent of a batch.</summary>
    public static NodePreview Create(Tensor x0, LatentFormat format)
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
