using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Euler steps with fresh noise, guided as CFG++ does.</summary>
internal sealed class SamplerEulerAncestralCFGPP : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerEulerAncestralCFGPP", "SamplerEulerAncestralCFG++").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Float("eta", 1.0, 0.0, 1.0, 0.01, options: o => o.Set("round", false))
        .Float("s_noise", 1.0, 0.0, 10.0, 0.01, options: o => o.Set("round", false))
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new EulerAncestralCfgPp(call.Get<float>("eta"), call.Get<float>("s_noise")));
}
