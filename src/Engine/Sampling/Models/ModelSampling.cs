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

    /// <summary>Whether noise and latent are interpolated instead of added.</summary>
    public bool IsFlow => Prediction.IsFlow;

    /// <summary>The noisy latent that a run starts from.</summary>
    /// <param name="noise">Unit normal noise.</param>
    /// <param name="latent">What is noised, in the network's scale.</param>
    /// <param name="sigma">The first noise level.</param>
    /// <param name="fromPureNoise">Whether the level counts as pure noise: the variance that the latent would have is then given to the noise.</param>
    public Tensor AddNoise(Tensor noise, Tensor latent, float sigma, bool fromPureNoise = false)
    {
        if (IsFlow) return noise * sigma + latent * (1 - sigma);
        return noise * (fromPureNoise ? MathF.Sqrt(1 + sigma * sigma) : sigma) + latent;
    }

    /// <summary>The latent that a run hands back after it stopped at a noise level.</summary>
    public Tensor RemoveScale(Tensor x, float lastSigma) => IsFlow ? x / (1 - lastSigma) : x.alias();

    /// <summary>Half the logarithm of the signal to noise ratio, λ(σ): −ln σ, or ln((1−σ)/σ) for a flow.</summary>
    public float HalfLogSnr(float sigma) => IsFlow ? -Fp32.Logit(sigma) : -Fp32.Log(sigma);

    /// <summary>The noise level of a half log signal to noise ratio, the inverse of <see cref="HalfLogSnr"/>.</summary>
    public float SigmaOf(float halfLogSnr) => IsFlow ? Fp32.Sigmoid(-halfLogSnr) : Fp32.Exp(-halfLogSnr);

    /// <summary>The share of the clean latent in a noisy one, α(σ) = σ·e^λ: 1, or 1−σ for a flow.</summary>
    public float Alpha(float sigma) => IsFlow ? sigma * Fp32.Exp(HalfLogSnr(sigma)) : 1;
}
