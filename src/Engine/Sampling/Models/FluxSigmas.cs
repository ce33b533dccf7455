namespace Farm.Engine.Sampling;

/// <summary>Ten thousand levels of a rectified flow with Flux's shift by picture size, σ = e^μ / (e^μ + 1/t − 1).</summary>
public sealed class FluxSigmas : SigmaTable
{
    private const int Steps = 10000;
    private const double BaseTokens = 256;
    private const double MaxTokens = 4096;
    private const double PixelsPerToken = 256;

    private readonly double _factor;
    private readonly float[] _sigmas;

    /// <summary>Builds the table.</summary>
    /// <param name="mu">The shift.</param>
    public FluxSigmas(double mu)
    {
        _factor = Math.Exp(mu);
        _sigmas = [.. Enumerable.Range(1, Steps).Select(i => Sigma((float)i / Steps))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<float> Sigmas => _sigmas;

    /// <summary>The shift of a picture: linear in its tokens, <paramref name="baseShift"/> at 256 and <paramref name="maxShift"/> at 4096.</summary>
    public static double ShiftFor(double maxShift, double baseShift, long width, long height)
    {
        var slope = (maxShift - baseShift) / (MaxTokens - BaseTokens);
        return slope * (width * height / PixelsPerToken) + baseShift - slope * BaseTokens;
    }

    /// <inheritdoc/>
    public override float Timestep(float sigma) => sigma;

    /// <inheritdoc/>
    public override float Sigma(float timestep) => (float)(_factor / (_factor + (1 / (double)timestep - 1)));

    /// <inheritdoc/>
    public override float PercentToSigma(double percent) => percent switch
    {
        <= 0 => 1,
        >= 1 => 0,
        _ => (float)(_factor / (_factor + (1 / (1 - percent) - 1))),
    };
}
