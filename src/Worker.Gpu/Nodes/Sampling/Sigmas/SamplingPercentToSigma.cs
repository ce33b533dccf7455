using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The noise level at a share of the way: 0 is pure noise. The actual level of the ends is the model's highest and lowest.</summary>
internal sealed class SamplingPercentToSigma : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplingPercentToSigma").In("sampling/custom_sampling/sigmas").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Float("sampling_percent", 0.0, 0.0, 1.0, 0.0001)
        .Boolean("return_actual_sigma", false)
        .Output("FLOAT", "sigma_value");

    protected override NodeResult? Run(NodeCall call)
    {
        var table = call.Get<IDiffusionModel>("model").Sampling.Table;
        var percent = call.Get<double>("sampling_percent");
        var sigma = (call.Get<bool>("return_actual_sigma"), percent) switch
        {
            (true, 0) => table.SigmaMax,
            (true, 1) => table.SigmaMin,
            _ => table.PercentToSigma(percent),
        };
        return NodeResult.Of((double)sigma);
    }
}
