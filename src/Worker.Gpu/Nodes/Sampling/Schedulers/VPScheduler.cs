using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of the variance preserving process.</summary>
internal sealed class VPScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("VPScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_custom_sampler")
        .Int("steps", 20, 1, 10000)
        .Float("beta_d", 19.9, 0.0, 5000.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("beta_min", 0.1, 0.0, 5000.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("eps_s", 0.001, 0.0, 1.0, 0.0001, options: o => o.Advanced().Set("round", false))
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        CurveSchedules.VariancePreserving(call.Get<int>("steps"), call.Get<double>("beta_d"), call.Get<double>("beta_min"), call.Get<double>("eps_s"))));
}
