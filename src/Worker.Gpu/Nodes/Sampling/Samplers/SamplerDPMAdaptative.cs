using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>DPM-Solver with step size control.</summary>
internal sealed class SamplerDPMAdaptative : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerDPMAdaptative").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Int("order", 3, 2, 3, options: o => o.Advanced())
        .Float("rtol", 0.05, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("atol", 0.0078, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("h_init", 0.05, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("pcoeff", 0.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("icoeff", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("dcoeff", 0.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("accept_safety", 0.81, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("eta", 0.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(new DpmAdaptive
    {
        Order = call.Get<int>("order"),
        RelativeTolerance = call.Get<double>("rtol"),
        AbsoluteTolerance = call.Get<double>("atol"),
        FirstStep = call.Get<double>("h_init"),
        Control = (call.Get<double>("pcoeff"), call.Get<double>("icoeff"), call.Get<double>("dcoeff")),
        AcceptSafety = call.Get<double>("accept_safety"),
        Eta = call.Get<float>("eta"),
        NoiseScale = call.Get<float>("s_noise"),
    });
}
