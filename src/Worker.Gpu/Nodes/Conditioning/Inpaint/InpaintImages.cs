using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images and masks as inpainting takes them.</summary>
internal static class InpaintImages
{
    private const float Middle = 0.5f;

    /// <summary>Both cut around the centre to whole latent cells, the mask [B, 1, H, W] first stretched to the image.</summary>
    public static (Tensor Pixels, Tensor Mask) Fit(Tensor pixels, Tensor mask, int cell)
    {
        var stretched = nn.functional.interpolate(Batches.MaskPlanes(mask), [pixels.shape[1], pixels.shape[2]], mode: InterpolationMode.Bilinear, align_corners: false);
        var (height, width) = (pixels.shape[1] / cell * cell, pixels.shape[2] / cell * cell);
        var (top, left) = (pixels.shape[1] % cell / 2, pixels.shape[2] % cell / 2);
        return (pixels.narrow(1, top, height).narrow(2, left, width), stretched.narrow(2, top, height).narrow(3, left, width));
    }

    /// <summary>The image with even grey wherever the mask is set.</summary>
    public static Tensor Grey(Tensor pixels, Tensor mask)
    {
        var kept = (1 - mask.round()).permute(0, 2, 3, 1);
        return (pixels.narrow(3, 0, 3) - Middle) * kept + Middle;
    }

    /// <summary>The mask grown by about that many pixels, so that the seam is repainted too.</summary>
    public static Tensor Grow(Tensor mask, long by)
    {
        if (by == 0) return mask;
        var kernel = ones(1, 1, by, by);
        return nn.functional.conv2d(mask.round(), kernel, padding: [by / 2, by / 2]).clamp(0, 1).narrow(2, 0, mask.shape[2]).narrow(3, 0, mask.shape[3]);
    }
}
