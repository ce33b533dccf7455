using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>How a model is sampled: its noise levels and the meaning of its output. Immutable, shared by every run of the model.</summary>
/// <param name="Table">Noise levels and timesteps.</param>
/// <param name="Prediction">The meaning of the network's output.</param>
public sealed record ModelSampling(SigmaTable Table, Prediction Prediction)
{
    /// <summary>Stable Diffusion's thousand levels with the given prediction.</summary>
    public static ModelSampling Discrete(Prediction prediction, bool zeroTerminalSnr = false) =>
        new(new DiscreteSigmas(zeroTerminalSnr: zeroTerminalSnr), prediction);

    /// <summary>A rectified flow with the given shift.</summary>
    public static ModelSampling Flow(double shift, double multiplier = 1000) => new(new FlowSigmas(shift, multiplier), Prediction.Flow);

    /// <summary>A continuous range of levels; by default EDM's.</summary>
    public static ModelSampling Edm(EdmKind kind, double sigmaMax = EdmSigmas.DefaultMax, double sigmaMin = EdmSigmas.DefaultMin, double sigmaData = 1) => new(
        new EdmSigmas(sigmaMax, sigmaMin, kind == EdmKind.Cosmos ? ContinuousTimestep.Share : ContinuousTimestep.QuarterLog),
        kind == EdmKind.Cosmos ? Prediction.CosmosFlow : Prediction.Edm(kind, sigmaData));

    /// <summary>Velocity over angles on a continuous range.</summary>
    public static ModelSampling ContinuousV(double sigmaMax, double sigmaMin) => new(new EdmSigmas(sigmaMax, sigmaMin, ContinuousTimestep.Angle), Prediction.V);

    /// <summary>Latent consistency models (arXiv 2310.04378).</summary>
    public static ModelSampling Lcm(bool zeroTerminalSnr = false)
    {
        var table = new LcmSigmas(zeroTerminalSnr);
        return new ModelSampling(table, Prediction.Lcm(table));
    }

    /// <summary>Whether noise and latent are interpolated instead of added.</summary>
    public bool IsFlow => Prediction.IsFlow;

    /// <summary>The noisy latent that a run starts from.</summary>
    /// <param name="noise">Unit normal noise.</param>
    /// <param name="latent">What is noised, in the network's scale.</param>
    /// <param name="sigma">The first noise level.</param>
    /// <param name="fromPureNoise">Whether the level counts as pure noise: the variance that the latent would have is then given to the noise.</param>
    public Tensor AddNoise(Tensor noise, Tensor latent, float sigma, bool fromPureNoise = false) => Prediction.AddNoise(noise, latent, sigma, fromPureNoise);

    /// <summary>The latent that a run hands back after it stopped at a noise level.</summary>
    public Tensor RemoveScale(Tensor x, float lastSigma) => Prediction.Finish(x, lastSigma);

    /// <summary>Half the logarithm of the signal to noise ratio, λ(σ): −ln σ, or ln((1−σ)/σ) for a flow.</summary>
    public float HalfLogSnr(float sigma) => IsFlow ? -Fp32.Logit(sigma) : -Fp32.Log(sigma);

    /// <summary>The noise level of a half log signal to noise ratio, the inverse of <see cref="HalfLogSnr"/>.</summary>
    public float SigmaOf(float halfLogSnr) => IsFlow ? Fp32.Sigmoid(-halfLogSnr) : Fp32.Exp(-halfLogSnr);

    /// <summary>The share of the clean latent in a noisy one, α(σ) = σ·e^λ: 1, or 1−σ for a flow.</summary>
    public float Alpha(float sigma) => IsFlow ? sigma * Fp32.Exp(HalfLogSnr(sigma)) : 1;
}
