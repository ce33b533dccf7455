using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Applies an operation to what parts the positive prediction from the negative, before they are mixed.</summary>
internal sealed class LatentApplyOperationCFG : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentApplyOperationCFG").In("latent/advanced/operations").Module("comfy_extras.nodes_latent")
        .Experimental()
        .Input("model", "MODEL")
        .Input("operation", "LATENT_OPERATION")
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var operation = call.Get<LatentOperation>("operation");
        BeforeMix applied = (_, pair) => pair with { Positive = operation.Apply(pair.Positive - pair.Negative) + pair.Negative };
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(run => run with { Hooks = run.Hooks.With(applied) }));
    }
}
