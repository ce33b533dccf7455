using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels even in a power of ln σ.</summary>
internal sealed class PolyexponentialScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("PolyexponentialScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_custom_sampler")
        .Int("steps", 20, 1, 10000)
        .Float("sigma_max", 14.614642, 0.0, 5000.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("sigma_min", 0.0291675, 0.0, 5000.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("rho", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        CurveSchedules.PolyExponential(call.Get<float>("sigma_min"), call.Get<float>("sigma_max"), call.Get<int>("steps"), call.Get<double>("rho"))));
}
