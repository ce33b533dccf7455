using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Runs the engine's sampler for a node: conditionings and latents in the engine's terms, progress, previews, interruption.</summary>
internal static class Denoising
{
    /// <summary>Samples the call's model, positive, negative and latent_image.</summary>
    public static NodeResult Run(NodeCall call, KSamplerSettings settings)
    {
        var model = call.Get<IDiffusionModel>("model");
        var latent = call.Get<Latent>("latent_image");
        using var held = (model as DiffusionModel)?.Hold();
        var (positive, negative) = EngineConditioning.Create(call.Get<Conditioning>("positive"), call.Get<Conditioning>("negative"), latent.Samples);
        var progress = call.Context.StartProgress(settings.Steps);
        var sampled = Farm.Engine.Sampling.KSampler.Sample(
            model,
            settings,
            positive,
            negative,
            new LatentImage(latent.Samples, latent.NoiseMask, latent.BatchIndex?.Select(index => checked((int)index)).ToArray()),
            step => progress.Update(step.Index + 1, step.Total, PreviewOf(call.Context, step, model.LatentFormat)));
        return NodeResult.Of(latent with { Samples = sampled });
    }

    private static NodePreview? PreviewOf(INodeContext context, SamplingStep step, LatentFormat format)
    {
        context.ThrowIfInterrupted();
        return context.PreviewMethod == "none" ? null : LatentPreviews.Create(step.X0, format);
    }
}
