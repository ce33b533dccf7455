using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A denoising network as sampling sees it. One call is one forward pass; joining the calls of several prompts happens behind this interface.</summary>
public interface IDiffusionModel
{
    /// <summary>The noise levels the network was trained on and what its output means.</summary>
    ModelSampling Sampling { get; }

    /// <summary>The scale and preview colours of its latent space.</summary>
    LatentFormat LatentFormat { get; }

    /// <summary>Where the weights are; latents and conditioning are moved there before a run.</summary>
    Device Device { get; }

    /// <summary>The type the forward pass computes in; sampling itself is always fp32.</summary>
    ScalarType ComputeType { get; }

    /// <summary>Keeps the weights where they run until disposed, so that no step of a run waits for them; null where there is nothing to keep.</summary>
    IDisposable? Hold() => null;

    /// <summary>The network's raw output (noise, velocity, …) in fp32, of the shape of <paramref name="x"/>.</summary>
    /// <param name="x">The scaled noisy latent, fp32 [B, C, h, w].</param>
    /// <param name="timesteps">fp32 [B], in the network's own units (0…999 for discrete schedules).</param>
    /// <param name="inputs">Conditioning of the same batch size.</param>
    Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs);
}

/// <summary>What a network is conditioned on, row by row.</summary>
/// <param name="Context">Text states for cross attention, fp32 [B, tokens, width].</param>
/// <param name="Y">Vector conditioning (SDXL: pooled text and sizes), fp32 [B, width]; null where the network takes none.</param>
public sealed record ModelInputs(Tensor Context, Tensor? Y);
