using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The mixed velocity brought towards the positive's deviation.</summary>
internal sealed class RescaleCFG : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("RescaleCFG", "RescaleCFG").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Float("multiplier", 0.7, 0.0, 1.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var multiplier = call.Get<float>("multiplier");
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks with { Mix = RescaleCfg.Create(multiplier) } }));
    }
}
