using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A solver that walks a noisy latent down the noise levels. Stateless: options are properties, state lives in the run.</summary>
public interface ISampler
{
    /// <summary>Walks <paramref name="x"/> over the run's noise levels; the result lives as long as the run.</summary>
    Tensor Sample(SamplingRun run, Tensor x);

    /// <summary>Whether the sampler uses the negative prediction by itself (CFG++), so that it is evaluated at any guidance scale.</summary>
    bool NeedsNegative => false;

    /// <summary>Whether the kept part of a masked latent gets noise of its own, drawn with seed+1, instead of the initial noise.</summary>
    bool RedrawsMaskNoise => false;
}
