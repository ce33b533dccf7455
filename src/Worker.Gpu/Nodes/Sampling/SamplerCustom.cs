using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Takes noise out of a latent with a sampler and levels of one's own.</summary>
internal sealed class SamplerCustom : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerCustom").In("sampling/custom_sampling").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Boolean("add_noise", true, options: o => o.Advanced())
        .Int("noise_seed", 0, 0, ulong.MaxValue, controlAfterGenerate: true)
        .Float("cfg", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("sampler", "SAMPLER")
        .Input("sigmas", "SIGMAS")
        .Input("latent_image", "LATENT")
        .Output("LATENT", "output")
        .Output("LATENT", "denoised_output");

    protected override NodeResult Compute(NodeCall call)
    {
        var (sampled, denoised) = Denoising.Run(
            call.Context,
            Denoising.Cfg(call, call.Get<float>("cfg")),
            call.Get<ISampler>("sampler"),
            Denoising.Levels(call, "sigmas"),
            new NoiseSource(call.Get<ulong>("noise_seed"), call.Get<bool>("add_noise")),
            call.Get<Latent>("latent_image"));
        return NodeResult.Of(sampled, denoised);
    }
}
