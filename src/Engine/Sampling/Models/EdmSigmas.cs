using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>How the network is told a noise level of a continuous range.</summary>
public enum ContinuousTimestep
{
    /// <summary>¼·ln σ (EDM, arXiv 2206.00364).</summary>
    QuarterLog,

    /// <summary>2·atan(σ)/π (velocity over angles, arXiv 2202.00512).</summary>
    Angle,

    /// <summary>σ/(σ+1) (Cosmos).</summary>
    Share,
}

/// <summary>A thousand noise levels spaced evenly in their logarithm, for networks trained on a continuous range.</summary>
public sealed class EdmSigmas : SigmaTable
{
    /// <summary>Least level of EDM's networks.</summary>
    public const double DefaultMin = 0.002;

    /// <summary>Highest level of EDM's networks.</summary>
    public const double DefaultMax = 80;

    private const int Steps = 1000;

    private readonly ContinuousTimestep _timestep;
    private readonly float[] _sigmas;

    /// <summary>Builds the table.</summary>
    /// <param name="sigmaMax">Highest level.</param>
    /// <param name="sigmaMin">Least level, above 0.</param>
    /// <param name="timestep">What the network is told.</param>
    public EdmSigmas(double sigmaMax = DefaultMax, double sigmaMin = DefaultMin, ContinuousTimestep timestep = ContinuousTimestep.QuarterLog)
    {
        if (sigmaMin <= 0 || sigmaMax <= sigmaMin) throw new ArgumentException($"sigma_min is {sigmaMin} and sigma_max {sigmaMax}; they must be above 0 and rising", nameof(sigmaMin));
        using var scope = NewDisposeScope();
        _timestep = timestep;
        _sigmas = [.. linspace(Math.Log(sigmaMin), Math.Log(sigmaMax), Steps, dtype: ScalarType.Float32).exp().data<float>()];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float Timestep(float sigma) => _timestep switch
    {
        ContinuousTimestep.Angle => MathF.Atan(sigma) / MathF.PI * 2,
        ContinuousTimestep.Share => sigma / (sigma + 1),
        _ => 0.25f * Fp32.Log(sigma),
    };

    /// <inheritdoc/>
    public override float Sigma(float timestep) => _timestep switch
    {
        ContinuousTimestep.Angle => MathF.Tan(timestep * MathF.PI / 2),
        ContinuousTimestep.Share => timestep / (1 - timestep),
        _ => Fp32.Exp(timestep / 0.25f),
    };

    /// <inheritdoc/>
    public override float PercentToSigma(double percent) => percent switch
    {
        <= 0 => 999999999.9f,
        >= 1 => 0,
        _ => (float)Math.Exp((Math.Log(SigmaMax) - Math.Log(SigmaMin)) * (1 - percent) + Math.Log(SigmaMin)),
    };
}
