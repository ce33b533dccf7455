using Farm.Engine.Merging;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>One text side's weights less another's, times a factor.</summary>
internal sealed class CLIPMergeSubtract : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPMergeSubtract", "CLIPMergeSubtract").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("clip1", "CLIP")
        .Input("clip2", "CLIP")
        .Float("multiplier", 1.0, -10.0, 10.0, 0.01)
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call)
    {
        var factor = call.Get<float>("multiplier");
        return NodeResult.Of(call.Get<ITextEncoder>("clip1").Merge(call.Get<ITextEncoder>("clip2"), new MergeShares(-factor, factor)));
    }
}
