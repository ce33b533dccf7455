using Farm.Engine.Merging;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two text sides' weights mixed.</summary>
internal sealed class CLIPMergeSimple : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPMergeSimple", "CLIPMergeSimple").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("clip1", "CLIP")
        .Input("clip2", "CLIP")
        .Float("ratio", 1.0, 0.0, 1.0, 0.01)
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call)
    {
        var ratio = call.Get<float>("ratio");
        return NodeResult.Of(call.Get<ITextEncoder>("clip1").Merge(call.Get<ITextEncoder>("clip2"), new MergeShares(1 - ratio, ratio)));
    }
}
