using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The levels before the last share of the steps, and those of it.</summary>
internal sealed class SplitSigmasDenoise : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SplitSigmasDenoise").In("sampling/custom_sampling/sigmas").Module("comfy_extras.nodes_custom_sampler")
        .Input("sigmas", "SIGMAS")
        .Float("denoise", 1.0, 0.0, 1.0, 0.01)
        .Output("SIGMAS", "high_sigmas")
        .Output("SIGMAS", "low_sigmas");

    protected override NodeResult Compute(NodeCall call)
    {
        var sigmas = call.Get<Tensor>("sigmas");
        var count = sigmas.shape[0];
        var low = Math.Min(Sizes.Round(Math.Max(count - 1, 0) * call.Get<double>("denoise")), count);
        var taken = Math.Min(low + 1, count);
        return NodeResult.Of(sigmas.narrow(0, 0, low == 0 ? 0 : count - low), sigmas.narrow(0, count - taken, taken)); // no share, no high levels: ComfyUI's slice [:-0]
    }
}
