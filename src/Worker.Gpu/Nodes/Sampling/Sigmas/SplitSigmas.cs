using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The levels up to a step, and those from it on.</summary>
internal sealed class SplitSigmas : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SplitSigmas").In("sampling/custom_sampling/sigmas").Module("comfy_extras.nodes_custom_sampler")
        .Input("sigmas", "SIGMAS")
        .Int("step", 0, 0, 10000)
        .Output("SIGMAS", "high_sigmas")
        .Output("SIGMAS", "low_sigmas");

    protected override NodeResult Compute(NodeCall call)
    {
        var sigmas = call.Get<Tensor>("sigmas");
        var step = Math.Min(call.Get<long>("step"), sigmas.shape[0]);
        return NodeResult.Of(sigmas.narrow(0, 0, Math.Min(step + 1, sigmas.shape[0])), sigmas.narrow(0, step, sigmas.shape[0] - step));
    }
}
