using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Takes noise out of a latent, guided by two conditionings.</summary>
internal sealed class KSampler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("KSampler", "KSampler").In("sampling").Module("nodes")
        .Input("model", "MODEL", options: o => o.Tooltip("The network that takes noise out of latents."))
        .Int("seed", 0, 0, ulong.MaxValue, controlAfterGenerate: true)
        .Int("steps", 20, 1, 10000)
        .Float("cfg", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Combo("sampler_name", SamplerRegistry.Names, options: o => o.Tooltip("The solver: it shapes speed, detail and structure."))
        .Combo("scheduler", SigmaScheduleRegistry.Names, options: o => o.Tooltip("How the noise levels are spread over the steps."))
        .Input("positive", "CONDITIONING", options: o => o.Tooltip("What to draw."))
        .Input("negative", "CONDITIONING", options: o => o.Tooltip("What to steer away from."))
        .Input("latent_image", "LATENT", options: o => o.Tooltip("The latent to start from."))
        .Float("denoise", 1.0, 0.0, 1.0, 0.01)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => Denoising.Run(call, new KSamplerSettings(
        call.Get<ulong>("seed"), call.Get<int>("steps"), call.Get<float>("cfg"), call.Get<string>("sampler_name"), call.Get<string>("scheduler"))
    {
        Denoise = call.Get("denoise", 1.0),
    });
}
