using Farm.Engine.Sampling;
using Farm.Nodes;
using Farm.Worker.Imaging;

namespace Farm.Worker.Nodes;

/// <summary>Latent consistency sampling on a latent that grows.</summary>
internal sealed class SamplerLCMUpscale : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerLCMUpscale").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_advanced_samplers")
        .Float("scale_ratio", 1.0, 0.1, 20.0, 0.01, options: o => o.Advanced())
        .Int("scale_steps", -1, -1, 1000, 1, options: o => o.Advanced())
        .Combo("upscale_method", ["bislerp", "nearest-exact", "bilinear", "area", "bicubic"])
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call)
    {
        var (steps, method) = (call.Get<int>("scale_steps"), call.Get<string>("upscale_method"));
        return NodeResult.Of(new LcmUpscale(call.Get<double>("scale_ratio"), steps < 0 ? null : steps, (latent, width, height) => Scaling.Resize(latent, width, height, method)));
    }
}
