using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Brings a mask to the shape of a latent.</summary>
internal static class LatentMask
{
    /// <summary>The mask [h, w], [1 or B, h, w] or [1 or B, 1, h, w] in fp32, resized bilinearly to the latent and repeated over rows and channels.</summary>
    public static Tensor Resize(Tensor mask, Tensor latent)
    {
        using var scope = NewDisposeScope();
        long height = latent.shape[^2], width = latent.shape[^1];
        var planes = mask.to(ScalarType.Float32).to(latent.device).reshape(-1, 1, mask.shape[^2], mask.shape[^1]);
        var resized = nn.functional.interpolate(planes, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        long rows = latent.shape[0];
        var repeated = resized.repeat((rows + resized.shape[0] - 1) / resized.shape[0], 1, 1, 1).narrow(0, 0, rows);
        return repeated.expand(rows, latent.shape[1], height, width).contiguous().MoveToOuterDisposeScope();
    }
}
