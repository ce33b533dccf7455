namespace Farm.Engine.Sampling;

/// <summary>When a guidance scale makes a side superfluous.</summary>
internal static class GuidanceScale
{
    private const double Tolerance = 1e-9;

    public static bool IsOne(float scale) => Math.Abs(scale - 1) <= Tolerance;

    public static bool IsZero(float scale) => scale == 0;
}
