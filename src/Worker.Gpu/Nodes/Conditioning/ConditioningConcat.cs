using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The tokens of one conditioning followed by those of another's first item.</summary>
internal sealed class ConditioningConcat : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningConcat", "Conditioning (Concat)").In("conditioning").Module("nodes")
        .Input("conditioning_to", "CONDITIONING")
        .Input("conditioning_from", "CONDITIONING")
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        var from = call.Get<Conditioning>("conditioning_from").Items[0].Context;
        var items = call.Get<Conditioning>("conditioning_to").Items.Select(to => to with { Context = cat([to.Context, from], 1) });
        return NodeResult.Of(new Conditioning([.. items]));
    }
}
