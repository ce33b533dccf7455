using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Arithmetic of image sizes.</summary>
internal static class Sizes
{
    /// <summary>Rounds halves to even, as Python does.</summary>
    public static long Round(double value) => (long)Math.Round(value, MidpointRounding.ToEven);

    /// <summary>Resizes images fp32 [B, H, W, C] where memory allows.</summary>
    public static Tensor Resize(Tensor images, long width, long height, string method, bool cropCentre = false)
    {
        TensorMemory.Require(images.shape[0], height, width, images.shape[3]);
        if (width < 1 || height < 1) throw NodeFailedException.ValueError($"an image cannot be resized to {width}x{height}");
        return Scaling.ResizeImages(images, width, height, method, cropCentre);
    }
}
