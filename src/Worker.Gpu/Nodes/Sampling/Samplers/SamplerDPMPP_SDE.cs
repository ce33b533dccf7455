using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>DPM-Solver++ in single steps with noise.</summary>
internal sealed class SamplerDPMPP_SDE : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerDPMPP_SDE").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Float("eta", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("r", 0.5, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Combo("noise_device", ["gpu", "cpu"], options: o => o.Advanced())
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new DpmPpSde(call.Get<float>("eta"), call.Get<float>("s_noise"), call.Get<float>("r")));
}
