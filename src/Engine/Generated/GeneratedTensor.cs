using System.Globalization;

namespace Farm.Engine.Generated;

/// <summary>A tensor whose values follow from its name: uniform in offset ± scale, or 0, 1, 2, … where <paramref name="Counting"/>.</summary>
internal sealed record GeneratedTensor(string Name, long[] Shape, float Scale, float Offset, bool Counting = false)
{
    /// <summary>Bound of uniform weights that keep a signal's variance: √(3 / fan-in), written with six significant digits as in the manifests.</summary>
    public static float VarianceScale(long fanIn, double gain = 1) =>
        float.Parse((gain * Math.Sqrt(3.0 / fanIn)).ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
