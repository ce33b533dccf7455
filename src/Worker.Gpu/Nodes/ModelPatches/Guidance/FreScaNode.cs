using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The guidance direction scaled apart in low and high frequencies.</summary>
internal sealed class FreScaNode : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("FreSca", "FreSca").In("_for_testing").Module("comfy_extras.nodes_fresca")
        .Experimental()
        .Input("model", "MODEL")
        .Input("scale_low", "FLOAT", options: o => o.Advanced().Set("default", 1.0).Set("min", 0).Set("max", 10).Set("step", 0.01))
        .Input("scale_high", "FLOAT", options: o => o.Advanced().Set("default", 1.25).Set("min", 0).Set("max", 10).Set("step", 0.01))
        .Int("freq_cutoff", 20, 1, 10000, 1, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var (low, high, cutoff) = (call.Get<float>("scale_low"), call.Get<float>("scale_high"), call.Get<int>("freq_cutoff"));
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(FreSca.Create(low, high, cutoff)) }));
    }
}
