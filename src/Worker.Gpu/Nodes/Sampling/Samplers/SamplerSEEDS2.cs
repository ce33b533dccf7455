using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>SEEDS in two stages.</summary>
internal sealed class SamplerSEEDS2 : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerSEEDS2").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Combo("solver_type", ["phi_1", "phi_2"])
        .Float("eta", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("r", 0.5, 0.01, 1.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new Seeds2(call.Get<float>("eta"), call.Get<float>("s_noise"), call.Get<float>("r"), call.Get<string>("solver_type") == "phi_2"));
}
