using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Euler steps with fresh noise.</summary>
internal sealed class SamplerEulerAncestral : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerEulerAncestral").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Float("eta", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new EulerAncestral(call.Get<float>("eta"), call.Get<float>("s_noise")));
}
