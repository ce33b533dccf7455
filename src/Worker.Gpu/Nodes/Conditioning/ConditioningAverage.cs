using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A mix of one conditioning with the first item of another.</summary>
internal sealed class ConditioningAverage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningAverage", "ConditioningAverage").In("conditioning").Module("nodes")
        .Input("conditioning_to", "CONDITIONING")
        .Input("conditioning_from", "CONDITIONING")
        .Float("conditioning_to_strength", 1.0, 0.0, 1.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        var from = call.Get<Conditioning>("conditioning_from").Items[0];
        var share = call.Get<double>("conditioning_to_strength");
        return NodeResult.Of(new Conditioning([.. call.Get<Conditioning>("conditioning_to").Items.Select(to => Mix(to, from, share))]));
    }

    private static ConditioningItem Mix(ConditioningItem to, ConditioningItem from, double share)
    {
        var tokens = to.Context.shape[1];
        var other = from.Context.narrow(1, 0, Math.Min(tokens, from.Context.shape[1]));
        if (other.shape[1] < tokens) other = cat([other, zeros(1, tokens - other.shape[1], other.shape[2])], 1);
        var mixed = to with { Context = to.Context * share + other * (1 - share) };
        var fromPooled = from.Options.GetValueOrDefault(ConditioningItem.Pooled) as Tensor;
        if (fromPooled is null) return mixed;
        var toPooled = to.Options.GetValueOrDefault(ConditioningItem.Pooled) as Tensor ?? fromPooled;
        return mixed.With((ConditioningItem.Pooled, toPooled * share + fromPooled * (1 - share)));
    }
}
