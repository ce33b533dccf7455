using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A part of a walk down the noise levels: with or without noise added at its start, with or without noise left at its end.</summary>
internal sealed class KSamplerAdvanced : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("KSamplerAdvanced", "KSampler (Advanced)").In("sampling").Module("nodes")
        .Input("model", "MODEL")
        .Combo("add_noise", ["enable", "disable"], options: o => o.Advanced())
        .Int("noise_seed", 0, 0, ulong.MaxValue, controlAfterGenerate: true)
        .Int("steps", 20, 1, 10000)
        .Float("cfg", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Combo("sampler_name", SamplerRegistry.Names)
        .Combo("scheduler", SigmaScheduleRegistry.Names)
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("latent_image", "LATENT")
        .Int("start_at_step", 0, 0, 10000, options: o => o.Advanced())
        .Int("end_at_step", 10000, 0, 10000, options: o => o.Advanced())
        .Combo("return_with_leftover_noise", ["disable", "enable"], options: o => o.Advanced())
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => Denoising.Run(call, new KSamplerSettings(
        call.Get<ulong>("noise_seed"), call.Get<int>("steps"), call.Get<float>("cfg"), call.Get<string>("sampler_name"), call.Get<string>("scheduler"))
    {
        AddNoise = call.Get<string>("add_noise") != "disable",
        StartStep = call.Get<int>("start_at_step"),
        LastStep = call.Get<int>("end_at_step"),
        ForceFullDenoise = call.Get<string>("return_with_leftover_noise") != "enable",
    });
}
