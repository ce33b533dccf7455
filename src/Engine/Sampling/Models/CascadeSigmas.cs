namespace Farm.Engine.Sampling;

/// <summary>Ten thousand levels of the cosine schedule (arXiv 2102.09672) with a shift of the log signal to noise ratio, as Stable Cascade has them.</summary>
public sealed class CascadeSigmas : SigmaTable
{
    private const int Steps = 10000;
    private const double Offset = 0.008;
    private const double LeastAlpha = 1e-4;

    private readonly double _shift;
    private readonly double _first = Square(Math.Cos(Offset / (1 + Offset) * Math.PI / 2));
    private readonly float[] _sigmas;

    /// <summary>Builds the table.</summary>
    /// <param name="shift">1 leaves the ratio as it is; 2 for Stable Cascade's first stage.</param>
    public CascadeSigmas(double shift = 1)
    {
        _shift = shift;
        _sigmas = [.. Enumerable.Range(1, Steps).Select(i => Sigma((float)i / Steps))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float Timestep(float sigma)
    {
        var alpha = Math.Clamp(1.0 / ((double)sigma * sigma + 1), 0, 1);
        return (float)(Math.Acos(Math.Sqrt(alpha * _first)) / (Math.PI / 2) * (1 + Offset) - Offset);
    }

    /// <inheritdoc/>
    public override float Sigma(float timestep)
    {
        var alpha = Square(Math.Cos((timestep + Offset) / (1 + Offset) * Math.PI / 2)) / _first;
        if (_shift != 1) alpha = 1 / (1 + Math.Exp(-(Math.Log(alpha / (1 - alpha)) + 2 * Math.Log(1 / _shift))));
        alpha = Math.Clamp(alpha, LeastAlpha, 1 - LeastAlpha);
        return (float)Math.Sqrt((1 - alpha) / alpha);
    }

    /// <inheritdoc/>
    public override float PercentToSigma(double percent) => percent switch
    {
        <= 0 => 999999999.9f,
        >= 1 => 0,
        _ => Sigma((float)(1 - percent)),
    };

    private static double Square(double x) => x * x;
}
