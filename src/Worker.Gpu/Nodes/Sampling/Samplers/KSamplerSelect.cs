using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A sampler by name.</summary>
internal sealed class KSamplerSelect : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("KSamplerSelect").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Combo("sampler_name", SamplerRegistry.Names)
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(SamplerRegistry.Get(call.Get<string>("sampler_name")));
}
