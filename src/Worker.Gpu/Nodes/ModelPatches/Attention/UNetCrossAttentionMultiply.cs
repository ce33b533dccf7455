using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Scales the projections of cross attentions.</summary>
internal sealed class UNetCrossAttentionMultiply : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("UNetCrossAttentionMultiply").In("_for_testing/attention_experiments").Module("comfy_extras.nodes_attention_multiply")
        .Experimental()
        .Input("model", "MODEL")
        .Float("q", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("k", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("v", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("out", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var factors = AttentionFactors.Of(call, "attn2.to_q", "attn2.to_k", "attn2.to_v", "attn2.to_out.0");
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(factors));
    }
}
