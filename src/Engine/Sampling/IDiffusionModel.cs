using Farm.Engine.Models.UNet;
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

    /// <summary>Changes to the network's passes; none by default.</summary>
    UNetPatches Patches => UNetPatches.None;

    /// <summary>A mask that changes over the run, in place of the latent's own; null by default.</summary>
    MaskSchedule? MaskSchedule => null;

    /// <summary>Keeps the weights where they run until disposed, so that no step of a run waits for them; null where there is nothing to keep.</summary>
    IDisposable? Hold() => null;

    /// <summary>The network's raw output (noise, velocity, …) in fp32, of the shape of <paramref name="x"/>.</summary>
    /// <param name="x">The scaled noisy latent, fp32 [B, C, h, w].</param>
    /// <param name="timesteps">fp32 [B], in the network's own units (0…999 for discrete schedules).</param>
    /// <param name="inputs">Conditioning of the same batch size.</param>
    Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs);
}

/// <summary>The mask of a run at a noise level.</summary>
/// <param name="sigma">The noise level.</param>
/// <param name="mask">The latent's mask, 1 = repaint.</param>
/// <param name="levels">The levels of the run.</param>
/// <param name="model">The meaning of the levels.</param>
public delegate Tensor MaskSchedule(float sigma, Tensor mask, IReadOnlyList<float> levels, ModelSampling model);

/// <summary>What a network is conditioned on, row by row.</summary>
/// <param name="Context">Text states for cross attention, fp32 [B, tokens, width].</param>
/// <param name="Y">Vector conditioning (SDXL: pooled text and sizes), fp32 [B, width]; null where the network takes none.</param>
public sealed record ModelInputs(Tensor Context, Tensor? Y)
{
    /// <summary>Channels that join the latent (inpainting, instruct-pix2pix), fp32 [B, c, h, w]; null for none.</summary>
    public Tensor? Concat { get; init; }

    /// <summary>What control networks add; null for nothing.</summary>
    public ControlResiduals? Control { get; init; }

    /// <summary>Changes to the pass; none by default.</summary>
    public UNetPatches Patches { get; init; } = UNetPatches.None;

    /// <summary>The noise level that the timesteps stand for.</summary>
    public float Sigma { get; init; }

    /// <summary>For each equal run of rows, which conditioning it is: 0 the positive, 1 the negative, … Empty where nobody asks.</summary>
    public IReadOnlyList<int> Sets { get; init; } = [];

    /// <summary>The stream that the initial noise came from, for patches that draw; null outside of a run.</summary>
    public Generator? Random { get; init; }
}

/// <summary>What control networks add to a UNet. Each list is used up from its end, an entry a block; null entries add nothing.</summary>
/// <param name="Input">Added to what the input blocks give.</param>
/// <param name="Middle">Added to what the middle block gives.</param>
/// <param name="Output">Added to the skips.</param>
public sealed record ControlResiduals(IReadOnlyList<Tensor?> Input, IReadOnlyList<Tensor?> Middle, IReadOnlyList<Tensor?> Output);
