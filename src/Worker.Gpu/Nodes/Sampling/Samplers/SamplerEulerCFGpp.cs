using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Euler steps guided as CFG++ does (arXiv 2406.08070).</summary>
internal sealed class SamplerEulerCFGpp : Node
{
    private const string Regular = "regular";

    protected override void Define(NodeBuilder node) => node
        .Named("SamplerEulerCFGpp", "SamplerEulerCFG++").In("_for_testing").Module("comfy_extras.nodes_advanced_samplers")
        .Experimental()
        .Combo("version", [Regular, "alternative"], options: o => o.Advanced())
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) => call.Get<string>("version") == Regular
        ? NodeResult.Of(new EulerAncestralCfgPp(Eta: 0, NoiseScale: 0))
        : throw NodeFailedException.ValueError($"version: the formula of 'alternative' is not published, so the engine has none; '{Regular}' is the paper's.");
}
