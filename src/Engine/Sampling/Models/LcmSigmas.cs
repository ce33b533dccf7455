namespace Farm.Engine.Sampling;

/// <summary>Fifty of the thousand levels, those that latent consistency models were distilled on (arXiv 2310.04378): 19, 39, …, 999.</summary>
public sealed class LcmSigmas : SigmaTable
{
    private const int Original = 1000;
    private const int Skip = Original / 50;

    private readonly float[] _sigmas;
    private readonly float[] _logSigmas;

    /// <summary>Builds the table.</summary>
    /// <param name="zeroTerminalSnr">Thin the levels that end in pure noise.</param>
    public LcmSigmas(bool zeroTerminalSnr = false)
    {
        var all = new DiscreteSigmas(zeroTerminalSnr: zeroTerminalSnr).Sigmas;
        _sigmas = [.. Enumerable.Range(1, Original / Skip).Select(i => all[i * Skip - 1])];
        _logSigmas = [.. _sigmas.Select(Fp32.Log)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float Timestep(float sigma)
    {
        var log = Fp32.Log(sigma);
        return Enumerable.Range(0, _logSigmas.Length).MinBy(i => Math.Abs(log - _logSigmas[i])) * Skip + Skip - 1;
    }

    /// <inheritdoc/>
    public override float Sigma(float timestep)
    {
        var index = Math.Clamp((timestep - (Skip - 1)) / Skip, 0, _sigmas.Length - 1);
        int low = (int)MathF.Floor(index), high = (int)MathF.Ceiling(index);
        var part = index - MathF.Truncate(index);
        return Fp32.Exp((1 - part) * _logSigmas[low] + part * _logSigmas[high]);
    }

    /// <inheritdoc/>
    public override float PercentToSigma(double percent) => percent switch
    {
        <= 0 => 999999999.9f,
        >= 1 => 0,
        _ => Sigma((float)((1 - percent) * (Original - 1))),
    };
}
