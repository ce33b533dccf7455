using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Scales the projections of the text encoders' attentions.</summary>
internal sealed class CLIPAttentionMultiply : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("CLIPAttentionMultiply").In("_for_testing/attention_experiments").Module("comfy_extras.nodes_attention_multiply")
        .Experimental()
        .Input("clip", "CLIP")
        .Float("q", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("k", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("v", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("out", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call)
    {
        var factors = AttentionFactors.Of(call, "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj");
        var clip = call.Get<ITextEncoder>("clip");
        return NodeResult.Of(clip.Parts.Aggregate(clip, (patched, part) => patched.WithWeights(part.Name, factors)));
    }
}
