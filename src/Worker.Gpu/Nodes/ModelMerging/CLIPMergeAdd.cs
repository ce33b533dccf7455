using Farm.Engine.Merging;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two text sides' weights added.</summary>
internal sealed class CLIPMergeAdd : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPMergeAdd", "CLIPMergeAdd").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("clip1", "CLIP")
        .Input("clip2", "CLIP")
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<ITextEncoder>("clip1").Merge(call.Get<ITextEncoder>("clip2"), new MergeShares(1, 1)));
}
