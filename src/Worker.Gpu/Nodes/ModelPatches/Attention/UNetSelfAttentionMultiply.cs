using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Scales the projections of self attentions.</summary>
internal sealed class UNetSelfAttentionMultiply : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("UNetSelfAttentionMultiply").In("_for_testing/attention_experiments").Module("comfy_extras.nodes_attention_multiply")
        .Experimental()
        .Input("model", "MODEL")
        .Float("q", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("k", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("v", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("out", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var factors = AttentionFactors.Of(call, "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0");
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(factors));
    }
}
