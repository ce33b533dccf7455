using static TorchSharp.torch;

namespace Farm.Engine.Models.Vision;

/// <summary>Images as vision towers take them.</summary>
internal static class VisionImages
{
    private static readonly float[] ClipMean = [0.48145466f, 0.4578275f, 0.40821073f];
    private static readonly float[] ClipDeviation = [0.26862954f, 0.26130258f, 0.27577711f];
    private static readonly float[] SigLipHalf = [0.5f, 0.5f, 0.5f];

    /// <summary>Resized by an antialiased bicubic curve, cut to a square around the centre or stretched, rounded to 8 bits, normalised.</summary>
    /// <param name="images">[B, H, W, C], 0…1; channels beyond the third are left out.</param>
    /// <param name="size">Side of the square.</param>
    /// <param name="crop">Cut instead of stretching.</param>
    /// <param name="sigLip">SigLIP's mean and deviation instead of CLIP's.</param>
    /// <returns>fp32 [B, 3, size, size].</returns>
    public static Tensor Prepare(Tensor images, int size, bool crop, bool sigLip = false)
    {
        using var scope = NewDisposeScope();
        var planes = images.narrow(3, 0, 3).movedim([-1], [1]).to(ScalarType.Float32);
        if (planes.shape[2] != size || planes.shape[3] != size) planes = Fit(planes, size, crop);
        var levels = (planes * 255).clamp(0, 255).round() / 255;
        var mean = tensor(sigLip ? SigLipHalf : ClipMean, device: levels.device).reshape(1, 3, 1, 1);
        var deviation = tensor(sigLip ? SigLipHalf : ClipDeviation, device: levels.device).reshape(1, 3, 1, 1);
        return ((levels - mean) / deviation).MoveToOuterDisposeScope();
    }

    private static Tensor Fit(Tensor planes, int size, bool crop)
    {
        var (height, width) = (planes.shape[2], planes.shape[3]);
        var scale = (double)size / Math.Min(height, width);
        long[] sides = crop ? [Round(scale * height), Round(scale * width)] : [size, size];
        var resized = nn.functional.interpolate(planes, sides, mode: InterpolationMode.Bicubic, align_corners: false, antialias: true);
        return resized.narrow(2, (sides[0] - size) / 2, size).narrow(3, (sides[1] - size) / 2, size);
    }

    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.ToEven);
}
