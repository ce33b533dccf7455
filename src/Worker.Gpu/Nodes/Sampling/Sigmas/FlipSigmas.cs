using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The levels from the last to the first; a first 0 becomes 0.0001.</summary>
internal sealed class FlipSigmas : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("FlipSigmas").In("sampling/custom_sampling/sigmas").Module("comfy_extras.nodes_custom_sampler")
        .Input("sigmas", "SIGMAS")
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var sigmas = call.Get<Tensor>("sigmas");
        if (sigmas.shape[0] == 0) return NodeResult.Of(sigmas);
        var flipped = sigmas.flip(0);
        if (flipped[0].item<float>() == 0) flipped[0] = Least;
        return NodeResult.Of(flipped);
    }

    private const float Least = 0.0001f;
}
