namespace Farm.Engine.Sampling;

/// <summary>Noise levels of a rectified flow with a resolution shift, σ = s·t / (1 + (s−1)·t) (arXiv 2403.03206).</summary>
public sealed class FlowSigmas : SigmaTable
{
    private readonly double _shift;
    private readonly double _multiplier;
    private readonly float[] _sigmas;

    /// <summary>Builds the table.</summary>
    /// <param name="shift">1 leaves time as it is; 3 for Stable Diffusion 3.</param>
    /// <param name="multiplier">Timestep at σ = 1: 1000 for Stable Diffusion 3, 1 for families that take σ itself.</param>
    /// <param name="steps">Entries; 1000 by default.</param>
    public FlowSigmas(double shift = 1, double multiplier = 1000, int steps = 1000)
    {
        _shift = shift;
        _multiplier = multiplier;
        _sigmas = [.. Enumerable.Range(1, steps).Select(i => Sigma((float)i / steps * (float)multiplier))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float Timestep(float sigma) => (float)(sigma * _multiplier);

    /// <inheritdoc/>
    public override float Sigma(float timestep)
    {
        float t = timestep / (float)_multiplier, shift = (float)_shift; // fp32 throughout: samplers compare these levels with PercentToSigma's
        return shift * t / (1 + (float)(_shift - 1) * t);
    }

    /// <inheritdoc/>
    public override float PercentToSigma(double percent) => percent switch
    {
        <= 0 => 1,
        >= 1 => 0,
        _ => (float)(_shift * (1 - percent) / (1 + (_shift - 1) * (1 - percent))),
    };
}
