using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>DPM-Solver++ in two stages with fresh noise.</summary>
internal sealed class SamplerDPMPP_2S_Ancestral : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerDPMPP_2S_Ancestral").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Float("eta", 1.0, 0.0, 100.0, 0.01, options: o => o.Set("round", false))
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Set("round", false))
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new DpmPp2SAncestral(call.Get<float>("eta"), call.Get<float>("s_noise")));
}
