namespace Farm.Engine.Sampling;

/// <summary>Turns a model and its conditionings into a denoiser.</summary>
public abstract class Guider(IDiffusionModel model)
{
    /// <summary>The network behind the guidance.</summary>
    public IDiffusionModel Model { get; } = model;

    /// <summary>The stream that the run's initial noise came from, for patches that draw; set when a run begins.</summary>
    internal TorchSharp.torch.Generator? Random { get; set; }

    /// <summary>The guided clean latent and the negative's.</summary>
    /// <param name="x">Noisy latent.</param>
    /// <param name="sigma">Its noise level.</param>
    /// <param name="needsNegative">Evaluate the negative even where the scale makes it superfluous.</param>
    public abstract Denoised Denoise(TorchSharp.torch.Tensor x, float sigma, bool needsNegative);
}
