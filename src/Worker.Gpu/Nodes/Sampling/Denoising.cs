using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Runs the engine's sampler for a node: conditionings and latents in the engine's terms, progress, previews, interruption.</summary>
internal static class Denoising
{
    /// <summary>Samples the call's model, positive, negative and latent_image.</summary>
    public static NodeResult Run(NodeCall call, KSamplerSettings settings)
    {
        var source = Cfg(call, settings.Cfg);
        var latent = call.Get<Latent>("latent_image");
        var sampler = SamplerRegistry.Get(settings.Sampler);
        var sigmas = StepRules.Sigmas(source.Model.Sampling.Table, settings.Scheduler, settings.Sampler, settings.Steps, settings.Denoise);
        sigmas = StepRules.Slice(sigmas, settings.StartStep, settings.LastStep, settings.ForceFullDenoise);
        return NodeResult.Of(Run(call.Context, source, sampler, sigmas, new NoiseSource(settings.Seed, settings.AddNoise), latent).Sampled);
    }

    /// <summary>The guider of the call's model, positive and negative.</summary>
    public static GuiderSource Cfg(NodeCall call, float scale) => new(
        call.Get<Farm.Engine.Models.UNet.DiffusionModel>("model"),
        [call.Get<Conditioning>("positive"), call.Get<Conditioning>("negative")],
        (run, sets) => new CfgGuider(run.Model, sets[0], sets[1], scale, run.Hooks));

    /// <summary>Samples; gives the latent and, where steps were taken, the clean latent as seen from the last of them.</summary>
    public static (Latent Sampled, Latent Denoised) Run(INodeContext context, GuiderSource source, ISampler sampler, float[] sigmas, NoiseSource noise, Latent latent)
    {
        var format = source.Model.LatentFormat;
        var progress = context.StartProgress(Math.Max(1, sigmas.Length - 1));
        Tensor? last = null;
        var previews = LatentPreviews.For(context, format);
        using var held = source.Model.Hold();
        var sampled = Farm.Engine.Sampling.KSampler.Sample(
            source.Create(latent, noise.Seed),
            sampler,
            sigmas,
            noise.Seed,
            new LatentImage(latent.Samples, latent.NoiseMask, latent.BatchIndex?.Select(index => checked((int)index)).ToArray()),
            noise.Draws,
            step =>
            {
                var previous = last;
                last = format.FromModel(step.X0).cpu().clone().DetachFromDisposeScope();
                previous?.Dispose();
                context.ThrowIfInterrupted();
                progress.Update(step.Index + 1, step.Total, previews?.Create(step.X0));
            });
        return (latent with { Samples = sampled }, latent with { Samples = last ?? sampled });
    }

    /// <summary>Noise levels as nodes pass them around.</summary>
    public static float[] Levels(NodeCall call, string name)
    {
        using var levels = call.Get<Tensor>(name).to(ScalarType.Float32).cpu().contiguous();
        return [.. levels.data<float>()];
    }
}
