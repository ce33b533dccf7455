using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Pastes one batch of planes into another.</summary>
internal static class Pasting
{
    /// <summary>Pastes with its top left corner at (x, y), weighted by a mask; what lies outside is cut.</summary>
    /// <param name="destination">fp32 [B, C, H, W].</param>
    /// <param name="source">fp32 [b, C, h, w].</param>
    /// <param name="x">Column, in units of <paramref name="unit"/>.</param>
    /// <param name="y">Row, alike.</param>
    /// <param name="mask">Weights of any size, stretched over the source; null for ones.</param>
    /// <param name="unit">Units a cell: 8 for latents, 1 for images.</param>
    /// <param name="resize">Stretch the source over the destination first.</param>
    /// <returns>A new tensor.</returns>
    public static Tensor Paste(Tensor destination, Tensor source, long x, long y, Tensor? mask, long unit, bool resize)
    {
        long height = destination.shape[2], width = destination.shape[3];
        if (resize) source = Stretch(source, height, width);
        source = Batches.Repeat(source, destination.shape[0]);
        var left = Math.Clamp(x, -source.shape[3] * unit, width * unit) / unit;
        var top = Math.Clamp(y, -source.shape[2] * unit, height * unit) / unit;
        var weights = mask is null
            ? ones_like(source)
            : Batches.Repeat(Stretch(Batches.MaskPlanes(mask), source.shape[2], source.shape[3]), source.shape[0]);

        long h = Math.Min(source.shape[2], height - top), w = Math.Min(source.shape[3], width - left);
        var result = destination.clone();
        if (h <= 0 || w <= 0) return result;
        var target = result.narrow(2, top, h).narrow(3, left, w);
        var share = weights.narrow(2, 0, h).narrow(3, 0, w);
        target.copy_(source.narrow(2, 0, h).narrow(3, 0, w) * share + target * (1 - share));
        return result;
    }

    /// <summary>Bilinear resizing without trimming.</summary>
    public static Tensor Stretch(Tensor planes, long height, long width) =>
        nn.functional.interpolate(planes, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
}
