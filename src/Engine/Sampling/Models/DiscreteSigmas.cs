using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A thousand noise levels from linearly spaced √β, the "scaled linear" schedule of latent diffusion (arXiv 2112.10752).</summary>
public sealed class DiscreteSigmas : SigmaTable
{
    private const double LastAlpha = 4.8973451890853435e-08; // what a terminal ᾱ of zero is replaced with

    private readonly float[] _sigmas;
    private readonly float[] _logSigmas;

    /// <summary>Builds the table.</summary>
    /// <param name="betaStart">β of the first step; 0.00085 by default.</param>
    /// <param name="betaEnd">β of the last step; 0.012 by default.</param>
    /// <param name="steps">Entries; 1000 by default.</param>
    /// <param name="zeroTerminalSnr">Shift √ᾱ so that the last level is pure noise (arXiv 2305.08891).</param>
    public DiscreteSigmas(double betaStart = 0.00085, double betaEnd = 0.012, int steps = 1000, bool zeroTerminalSnr = false)
    {
        IsZeroTerminal = zeroTerminalSnr;
        using var scope = NewDisposeScope();
        using var beta = linspace(Math.Sqrt(betaStart), Math.Sqrt(betaEnd), steps, dtype: ScalarType.Float64).square();
        var alphas = (1 - beta).cumprod(0);
        var sigmas = ((1 - alphas) / alphas).sqrt();
        if (zeroTerminalSnr) sigmas = ZeroTerminal(sigmas);
        _sigmas = [.. sigmas.to(ScalarType.Float32).data<float>()];
        _logSigmas = [.. sigmas.log().to(ScalarType.Float32).data<float>()];
    }

    /// <summary>Whether the last level is pure noise.</summary>
    public bool IsZeroTerminal { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float Timestep(float sigma)
    {
        float log = Fp32.Log(sigma);
        int nearest = 0;
        for (int i = 1; i < _logSigmas.Length; i++)
            if (Math.Abs(log - _logSigmas[i]) < Math.Abs(log - _logSigmas[nearest])) nearest = i;
        return nearest;
    }

    /// <inheritdoc/>
    public override float Sigma(float timestep)
    {
        float t = Math.Clamp(timestep, 0, _sigmas.Length - 1);
        int low = (int)MathF.Floor(t), high = (int)MathF.Ceiling(t);
        float part = t - MathF.Truncate(t);
        return Fp32.Exp((1 - part) * _logSigmas[low] + part * _logSigmas[high]);
    }

    /// <inheritdoc/>
    public override float PercentToSigma(double percent) => percent switch
    {
        <= 0 => 999999999.9f,
        >= 1 => 0,
        _ => Sigma((float)((1 - percent) * (_sigmas.Length - 1))),
    };

    private static Tensor ZeroTerminal(Tensor sigmas)
    {
        var root = (1 / (sigmas * sigmas + 1)).sqrt();
        var first = root[0].clone();
        var last = root[-1].clone();
        var alphas = ((root - last) * (first / (first - last))).square();
        alphas[-1] = LastAlpha;
        return ((1 - alphas) / alphas).sqrt();
    }
}
