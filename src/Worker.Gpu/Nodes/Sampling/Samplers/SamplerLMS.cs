using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Linear multistep.</summary>
internal sealed class SamplerLMS : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerLMS").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Int("order", 4, 1, 100, options: o => o.Advanced())
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new Lms(call.Get<int>("order")));
}
