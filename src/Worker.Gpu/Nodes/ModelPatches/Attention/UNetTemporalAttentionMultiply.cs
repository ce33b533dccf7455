using Farm.Engine.Adapters;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Scales the outputs of attentions, those across frames apart.</summary>
internal sealed class UNetTemporalAttentionMultiply : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("UNetTemporalAttentionMultiply").In("_for_testing/attention_experiments").Module("comfy_extras.nodes_attention_multiply")
        .Experimental()
        .Input("model", "MODEL")
        .Float("self_structural", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("self_temporal", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("cross_structural", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Float("cross_temporal", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        const string temporal = ".time_stack.";
        var structural = new FactorPatch(
            "structural",
            [("attn1.to_out.0", call.Get<float>("self_structural")), ("attn2.to_out.0", call.Get<float>("cross_structural"))],
            name => !name.Contains(temporal, StringComparison.Ordinal));
        var acrossFrames = new FactorPatch(
            "temporal",
            [("attn1.to_out.0", call.Get<float>("self_temporal")), ("attn2.to_out.0", call.Get<float>("cross_temporal"))],
            name => name.Contains(temporal, StringComparison.Ordinal));
        return NodeResult.Of(call.Get<DiffusionModel>("model").With(structural).With(acrossFrames));
    }
}
