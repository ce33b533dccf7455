using static TorchSharp.torch;

namespace Farm.Worker.Imaging;

/// <summary>
/// Resizes latents by spherical interpolation of the channel vectors, along the width and then along the height: between two
/// neighbours the direction turns evenly and the length changes linearly.
/// </summary>
internal static class Bislerp
{
    private const double Parallel = 1 - 1e-5;

    /// <summary>Resizes fp32 [B, C, H, W].</summary>
    public static Tensor Resize(Tensor frames, long width, long height)
    {
        var rows = ResizeLast(frames, width);
        return ResizeLast(rows.transpose(-1, -2), height).transpose(-1, -2);
    }

    private static Tensor ResizeLast(Tensor frames, long length)
    {
        var (ratio, first, second) = Neighbours(frames.shape[^1], length, frames.device);
        return Slerp(frames.index_select(-1, first), frames.index_select(-1, second), ratio);
    }

    /// <summary>For each new place: the two old places it lies between, and how far it is from the first.</summary>
    private static (Tensor Ratio, Tensor First, Tensor Second) Neighbours(long old, long length, Device device)
    {
        var ramp = arange(old, dtype: ScalarType.Float32, device: device).reshape(1, 1, 1, old);
        var next = ramp + 1;
        next[.., .., .., -1] -= 1;
        var places = Stretch(ramp, length);
        var first = places.floor();
        return (places - first, first.to(ScalarType.Int64), Stretch(next, length).to(ScalarType.Int64));
    }

    private static Tensor Stretch(Tensor ramp, long length) =>
        nn.functional.interpolate(ramp, [1, length], mode: InterpolationMode.Bilinear, align_corners: false).flatten();

    private static Tensor Slerp(Tensor a, Tensor b, Tensor ratio)
    {
        var normA = a.norm(1, keepdim: true, p: 2);
        var normB = b.norm(1, keepdim: true, p: 2);
        var unitA = (a / normA).nan_to_num(0, 0, 0);
        var unitB = (b / normB).nan_to_num(0, 0, 0);
        var dot = (unitA * unitB).sum(1, keepdim: true);
        var angle = dot.acos();
        var turned = (((1 - ratio) * angle).sin() * unitA + (ratio * angle).sin() * unitB) / angle.sin();
        turned = turned * (normA * (1 - ratio) + normB * ratio);
        turned = where(dot > Parallel, a, turned);
        return where(dot < -Parallel, a * (1 - ratio) + b * ratio, turned);
    }
}
