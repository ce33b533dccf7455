using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of LTX-Video for the size of a latent; 4096 cells without one.</summary>
internal sealed class LTXVScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LTXVScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_lt")
        .Int("steps", 20, 1, 10000)
        .Float("max_shift", 2.05, 0.0, 100.0, 0.01)
        .Float("base_shift", 0.95, 0.0, 100.0, 0.01)
        .Boolean("stretch", true, options: o => o.Advanced())
        .Float("terminal", 0.1, 0.0, 0.99, 0.01, options: o => o.Advanced())
        .OptionalInputs()
        .Input("latent", "LATENT")
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var tokens = call.GetOptional<Latent>("latent")?.Samples.shape.Skip(2).Aggregate(1L, (cells, size) => cells * size) ?? DefaultTokens;
        double? terminal = call.Get<bool>("stretch") ? call.Get<double>("terminal") : null;
        return NodeResult.Of(tensor(FlowSchedules.Ltxv(
            tokens, call.Get<int>("steps"), call.Get<double>("max_shift"), call.Get<double>("base_shift"), terminal)));
    }

    private const long DefaultTokens = 4096;
}
