using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Cuts rectangles out of images.</summary>
internal static class Cropping
{
    /// <summary>The part of fp32 [B, H, W, C] from (x, y) on, at most <paramref name="width"/> × <paramref name="height"/>, at least a pixel.</summary>
    public static Tensor Cut(Tensor images, long x, long y, long width, long height)
    {
        x = Math.Clamp(x, 0, images.shape[2] - 1);
        y = Math.Clamp(y, 0, images.shape[1] - 1);
        return images.narrow(1, y, Math.Min(height, images.shape[1] - y)).narrow(2, x, Math.Min(width, images.shape[2] - x)).clone();
    }
}
