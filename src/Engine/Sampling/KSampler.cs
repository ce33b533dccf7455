using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>What KSampler and KSamplerAdvanced are set to.</summary>
/// <param name="Seed">Seed of all noise.</param>
/// <param name="Steps">Steps, at least 1.</param>
/// <param name="Cfg">Guidance scale.</param>
/// <param name="Sampler">A name of <see cref="SamplerRegistry"/>.</param>
/// <param name="Scheduler">A name of <see cref="SigmaScheduleRegistry"/>.</param>
public sealed record KSamplerSettings(ulong Seed, int Steps, float Cfg, string Sampler, string Scheduler)
{
    /// <summary>Share of the walk that is walked; 1 by default.</summary>
    public double Denoise { get; init; } = 1;

    /// <summary>First step; null (default) for the first.</summary>
    public int? StartStep { get; init; }

    /// <summary>Step to end at; null (default) for the last.</summary>
    public int? LastStep { get; init; }

    /// <summary>End in a clean latent where <see cref="LastStep"/> cuts the walk short; off by default.</summary>
    public bool ForceFullDenoise { get; init; }

    /// <summary>Start from noise (default); off goes on from a latent that still has its noise.</summary>
    public bool AddNoise { get; init; } = true;

    /// <summary>Changes to the guidance; none by default.</summary>
    public GuidanceHooks? Hooks { get; init; }
}

/// <summary>From a latent and conditionings to the sampled latent.</summary>
public static class KSampler
{
    private const double PureNoiseTolerance = 1e-5;

    /// <summary>Samples by names of sampler and schedule.</summary>
    /// <param name="model">The network.</param>
    /// <param name="settings">Seed, steps and the rest.</param>
    /// <param name="positive">What to draw.</param>
    /// <param name="negative">What to steer away from.</param>
    /// <param name="latent">What to start from.</param>
    /// <param name="onStep">Progress; an exception stops the run and passes through.</param>
    /// <returns>VAE latents on the CPU in fp32, the caller's to dispose.</returns>
    public static Tensor Sample(
        IDiffusionModel model,
        KSamplerSettings settings,
        IReadOnlyList<ConditioningEntry> positive,
        IReadOnlyList<ConditioningEntry> negative,
        LatentImage latent,
        Action<SamplingStep>? onStep = null)
    {
        var sampler = SamplerRegistry.Get(settings.Sampler);
        float[] sigmas = StepRules.Sigmas(model.Sampling.Table, settings.Scheduler, settings.Sampler, settings.Steps, settings.Denoise);
        sigmas = StepRules.Slice(sigmas, settings.StartStep, settings.LastStep, settings.ForceFullDenoise);
        var guider = new CfgGuider(model, positive, negative, settings.Cfg, settings.Hooks);
        return Sample(guider, sampler, sigmas, settings.Seed, latent, settings.AddNoise, onStep);
    }

    /// <summary>Samples with a guider, a sampler and noise levels of one's own (SamplerCustom and its kin).</summary>
    /// <param name="guider">The way to the model.</param>
    /// <param name="sampler">The solver.</param>
    /// <param name="sigmas">Noise levels; none gives the latent back.</param>
    /// <param name="seed">Seed of all noise.</param>
    /// <param name="latent">What to start from.</param>
    /// <param name="addNoise">Start from noise; off goes on from a latent that still has its noise.</param>
    /// <param name="onStep">Progress; an exception stops the run and passes through.</param>
    /// <returns>VAE latents on the CPU in fp32, the caller's to dispose.</returns>
    public static Tensor Sample(
        Guider guider, ISampler sampler, float[] sigmas, ulong seed, LatentImage latent, bool addNoise = true, Action<SamplingStep>? onStep = null)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(true);
        using var generator = new Generator(seed);
        var model = guider.Model;
        using var held = sigmas.Length == 0 ? null : model.Hold();
        var samples = WidenEmpty(latent.Samples.to(ScalarType.Float32), model.LatentFormat);
        var noise = addNoise ? LatentNoise.Draw(samples.shape, generator, latent.BatchIndex) : zeros_like(samples);
        if (sigmas.Length == 0) return samples.cpu().clone().MoveToOuterDisposeScope();

        noise = noise.to(model.Device);
        guider.Random = generator;
        var start = StartOf(model, samples);
        Denoiser denoiser = (x, sigma) => guider.Denoise(x, sigma, sampler.NeedsNegative);
        if (latent.NoiseMask is { } noiseMask)
        {
            using var redraw = sampler.RedrawsMaskNoise ? new Generator(unchecked(seed + 1)) : null;
            var maskNoise = redraw is null ? noise : randn(noise.shape, generator: redraw).to(model.Device);
            denoiser = new MaskedDenoiser(denoiser, model.Sampling, LatentMask.Resize(noiseMask, start), start, maskNoise, model.MaskSchedule, sigmas).Denoise;
        }

        var x = model.Sampling.AddNoise(noise, start, sigmas[0], IsPureNoise(model.Sampling, sigmas[0]));
        using var sampled = Walk(sampler, new SamplingRun(model.Sampling, [.. sigmas], seed, denoiser, generator, onStep), x);
        return model.LatentFormat.FromModel(sampled).to(ScalarType.Float32).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>The latent that a run starts from, in the network's scale on its device; an empty one stays empty.</summary>
    /// <exception cref="ArgumentException">It is of another latent space.</exception>
    public static Tensor StartOf(IDiffusionModel model, Tensor samples)
    {
        var widened = WidenEmpty(samples.to(ScalarType.Float32), model.LatentFormat).to(model.Device);
        return IsEmpty(widened) ? widened : model.LatentFormat.ToModel(widened);
    }

    private static Tensor Walk(ISampler sampler, SamplingRun run, Tensor x)
    {
        using (run)
        {
            using var last = run.Execute(sampler, x);
            return run.Model.RemoveScale(last, run.Sigmas[^1]).DetachFromDisposeScope();
        }
    }

    /// <summary>An empty latent of another channel count is as good as one of the model's.</summary>
    private static Tensor WidenEmpty(Tensor samples, LatentFormat format)
    {
        if (samples.shape[1] == format.Channels) return samples;
        if (IsEmpty(samples)) return zeros([samples.shape[0], format.Channels, .. samples.shape[2..]]);
        throw new ArgumentException(
            $"latent_image has {samples.shape[1]} channels; the model's latent space {format.Name} has {format.Channels}.", nameof(samples));
    }

    private static bool IsEmpty(Tensor samples) => samples.count_nonzero().item<long>() == 0;

    private static bool IsPureNoise(ModelSampling model, float sigma) =>
        sigma > model.Table.SigmaMax || Math.Abs(sigma - model.Table.SigmaMax) <= PureNoiseTolerance * Math.Max(sigma, model.Table.SigmaMax);
}
