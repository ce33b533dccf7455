using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Takes noise out of a latent with a guider, a sampler, levels and noise of one's own.</summary>
internal sealed class SamplerCustomAdvanced : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerCustomAdvanced").In("sampling/custom_sampling").Module("comfy_extras.nodes_custom_sampler")
        .Input("noise", "NOISE")
        .Input("guider", "GUIDER")
        .Input("sampler", "SAMPLER")
        .Input("sigmas", "SIGMAS")
        .Input("latent_image", "LATENT")
        .Output("LATENT", "output")
        .Output("LATENT", "denoised_output");

    protected override NodeResult Compute(NodeCall call)
    {
        var (sampled, denoised) = Denoising.Run(
            call.Context,
            call.Get<GuiderSource>("guider"),
            call.Get<ISampler>("sampler"),
            Denoising.Levels(call, "sigmas"),
            call.Get<NoiseSource>("noise"),
            call.Get<Latent>("latent_image"));
        return NodeResult.Of(sampled, denoised);
    }
}
