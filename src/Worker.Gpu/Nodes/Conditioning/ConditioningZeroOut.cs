using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Zeros in place of text states and their summary.</summary>
internal sealed class ConditioningZeroOut : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningZeroOut", "ConditioningZeroOut").In("advanced/conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.Of(new Conditioning([.. call.Get<Conditioning>("conditioning").Items.Select(Zero)]));

    private static ConditioningItem Zero(ConditioningItem item)
    {
        var zeroed = item with { Context = zeros_like(item.Context) };
        return item.Options.GetValueOrDefault(ConditioningItem.Pooled) is Tensor pooled ? zeroed.With((ConditioningItem.Pooled, zeros_like(pooled))) : zeroed;
    }
}
