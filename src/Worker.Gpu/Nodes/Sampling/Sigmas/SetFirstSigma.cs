using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The levels with another first one.</summary>
internal sealed class SetFirstSigma : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SetFirstSigma").In("sampling/custom_sampling/sigmas").Module("comfy_extras.nodes_custom_sampler")
        .Input("sigmas", "SIGMAS")
        .Float("sigma", 136.0, 0.0, 20000.0, 0.001, options: o => o.Set("round", false))
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var sigmas = call.Get<Tensor>("sigmas").clone();
        if (sigmas.shape[0] == 0) throw NodeFailedException.IndexError("sigmas: there is none to set");
        sigmas[0] = call.Get<double>("sigma");
        return NodeResult.Of(sigmas);
    }
}
