using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>Pictures for control networks and arithmetic on what these add.</summary>
internal static class ControlHints
{
    /// <summary>The picture [B, H, W, C] as [rows, channels, height, width]: trimmed to the aspect ratio around the centre, nearest pixels, rows repeated.</summary>
    public static Tensor Fit(Tensor picture, long channels, long rows, long height, long width)
    {
        var planes = picture.to(ScalarType.Float32).movedim([-1], [1]);
        planes = planes.shape[1] >= channels ? planes.narrow(1, 0, channels) : planes.narrow(1, 0, 1).expand(-1, channels, -1, -1);
        planes = Trim(planes, height, width);
        if (planes.shape[2] != height || planes.shape[3] != width) planes = nn.functional.interpolate(planes, [height, width], mode: InterpolationMode.NearestExact);
        var have = planes.shape[0];
        return have == rows ? planes : planes.repeat((rows + have - 1) / have, 1, 1, 1).narrow(0, 0, rows);
    }

    /// <summary>All residuals times a factor, moved to the outer scope.</summary>
    public static ControlResiduals Scale(ControlResiduals residuals, float factor)
    {
        return new ControlResiduals(All(residuals.Input), All(residuals.Middle), All(residuals.Output));

        Tensor?[] All(IReadOnlyList<Tensor?> list) => [.. list.Select(residual => residual is null ? null : (residual * factor).MoveToOuterDisposeScope())];
    }

    /// <summary>Two controls' residuals, added place by place.</summary>
    public static ControlResiduals Add(ControlResiduals a, ControlResiduals b) => new(Sum(a.Input, b.Input), Sum(a.Middle, b.Middle), Sum(a.Output, b.Output));

    private static Tensor Trim(Tensor planes, long height, long width)
    {
        long h = planes.shape[2], w = planes.shape[3], x = 0, y = 0;
        double old = (double)w / h, wanted = (double)width / height;
        if (old > wanted) x = (long)Math.Round((w - w * (wanted / old)) / 2, MidpointRounding.ToEven);
        else if (old < wanted) y = (long)Math.Round((h - h * (old / wanted)) / 2, MidpointRounding.ToEven);
        return planes.narrow(2, y, h - 2 * y).narrow(3, x, w - 2 * x);
    }

    private static Tensor?[] Sum(IReadOnlyList<Tensor?> a, IReadOnlyList<Tensor?> b)
    {
        var length = Math.Max(a.Count, b.Count);
        return [.. Enumerable.Range(0, length).Select(i => (At(a, i), At(b, i)) switch
        {
            (null, var right) => right,
            (var left, null) => left,
            var (left, right) => left + right,
        })];

        Tensor? At(IReadOnlyList<Tensor?> list, int i) => i < list.Count ? list[i] : null;
    }
}
