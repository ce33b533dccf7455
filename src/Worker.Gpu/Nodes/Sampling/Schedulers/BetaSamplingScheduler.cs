using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Entries of the model's table at the quantiles of a Beta distribution.</summary>
internal sealed class BetaSamplingScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("BetaSamplingScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Int("steps", 20, 1, 10000)
        .Float("alpha", 0.6, 0.0, 50.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("beta", 0.6, 0.0, 50.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        BetaSchedule.Create(call.Get<IDiffusionModel>("model").Sampling.Table, call.Get<int>("steps"), call.Get<double>("alpha"), call.Get<double>("beta"))));
}
