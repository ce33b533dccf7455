using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Between sRGB (IEC 61966-2-1) and CIE L*a*b* (1976) with the white D65. Constants are those of the recorded results.</summary>
internal static class LabColours
{
    private static readonly float[] ToXyz = [0.412453f, 0.357580f, 0.180423f, 0.212671f, 0.715160f, 0.072169f, 0.019334f, 0.119193f, 0.950227f];

    private static readonly float[] FromXyz =
    [
        3.2404813432f, -1.5371515163f, -0.4985363262f, -0.9692549500f, 1.8759900015f, 0.0415559266f, 0.0556466391f, -0.2040413384f, 1.0573110696f,
    ];

    private static readonly float[] White = [0.95047f, 1, 1.08883f];

    private const double Bend = 0.008856;
    private const double BendRoot = 0.2068966;
    private const double Slope = 7.787;
    private const double Offset = 4.0 / 29;

    /// <summary>L*, a*, b* of colours.</summary>
    /// <param name="colours">fp32 [B, 3, N].</param>
    public static Tensor FromRgb(Tensor colours)
    {
        var linear = where(colours > 0.04045, ((colours + 0.055) / 1.055).pow(2.4), colours / 12.92);
        var xyz = Mix(ToXyz, linear) / Channels(White);
        var f = where(xyz > Bend, xyz.clamp_min(Bend).pow(1.0 / 3), Slope * xyz + Offset);
        Tensor fx = f.narrow(1, 0, 1), fy = f.narrow(1, 1, 1), fz = f.narrow(1, 2, 1);
        return cat([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], 1);
    }

    /// <summary>Colours of L*, a*, b*, cut to 0…1.</summary>
    /// <param name="lab">fp32 [B, 3, N].</param>
    public static Tensor ToRgb(Tensor lab)
    {
        var fy = (lab.narrow(1, 0, 1) + 16) / 116;
        var f = cat([lab.narrow(1, 1, 1) / 500 + fy, fy, (fy - lab.narrow(1, 2, 1) / 200).clamp_min(0)], 1);
        var xyz = where(f > BendRoot, f.pow(3), (f - Offset) / Slope) * Channels(White);
        var linear = Mix(FromXyz, xyz);
        return where(linear > 0.0031308, 1.055 * linear.clamp_min(0.0031308).pow(1 / 2.4) - 0.055, 12.92 * linear).clamp(0, 1);
    }

    private static Tensor Mix(float[] rows, Tensor colours) => einsum("ij,bjn->bin", tensor(rows).view(3, 3), colours);

    private static Tensor Channels(float[] values) => tensor(values).view(1, 3, 1);
}
