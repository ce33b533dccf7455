using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of Stable Diffusion Turbo.</summary>
internal sealed class SDTurboScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SDTurboScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Int("steps", 1, 1, 10)
        .Float("denoise", 1.0, options: o => o.Set("min", 0L).Set("max", 1.0).Set("step", 0.01))
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        TurboSchedule.Create(call.Get<IDiffusionModel>("model").Sampling.Table, call.Get<int>("steps"), call.Get<double>("denoise"))));
}
