using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Extended reverse-time SDE: the paper's noise, that of the plain reverse SDE, or none.</summary>
internal sealed class SamplerER_SDE : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerER_SDE").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Combo("solver_type", ["ER-SDE", "Reverse-time SDE", "ODE"])
        .Int("max_stage", 3, 1, 3, options: o => o.Advanced())
        .Float("eta", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call)
    {
        var (kind, eta, noise) = (call.Get<string>("solver_type"), call.Get<double>("eta"), call.Get<float>("s_noise"));
        var sampler = new ErSde { MaxStage = call.Get<int>("max_stage"), NoiseScale = noise };
        if (kind == "ER-SDE") return NodeResult.Of(sampler);
        return NodeResult.Of(kind == "ODE" || eta == 0
            ? sampler with { NoiseScale = 0, NoiseScaler = lambda => lambda }
            : sampler with { NoiseScaler = lambda => Math.Pow(lambda, eta + 1) });
    }
}
