using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A latent with noise of the levels' first (or their difference) added.</summary>
internal sealed class AddNoise : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AddNoise").In("_for_testing/custom_sampling/noise").Module("comfy_extras.nodes_custom_sampler")
        .Experimental()
        .Input("model", "MODEL")
        .Input("noise", "NOISE")
        .Input("sigmas", "SIGMAS")
        .Input("latent_image", "LATENT")
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var model = call.Get<DiffusionModel>("model");
        var levels = Denoising.Levels(call, "sigmas");
        var latent = call.Get<Latent>("latent_image");
        if (levels.Length == 0) return NodeResult.Of(latent);
        var source = call.Get<NoiseSource>("noise");
        using var generator = new Generator(source.Seed);
        var noise = source.Draws ? LatentNoise.Draw(latent.Samples.shape, generator, latent.BatchIndex?.Select(index => checked((int)index)).ToArray()) : zeros_like(latent.Samples);
        var scale = levels.Length > 1 ? Math.Abs(levels[0] - levels[^1]) : levels[0];
        var start = Farm.Engine.Sampling.KSampler.StartOf(model, latent.Samples);
        var noisy = model.LatentFormat.FromModel(model.Sampling.AddNoise(noise.to(start.device), start, scale));
        return NodeResult.Of(latent with { Samples = noisy.nan_to_num(0, 0, 0).cpu() });
    }
}
