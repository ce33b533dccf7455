using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>One model's weights less another's, times a factor.</summary>
internal sealed class ModelMergeSubtract : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelMergeSubtract", "ModelMergeSubtract").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("model1", "MODEL")
        .Input("model2", "MODEL")
        .Float("multiplier", 1.0, -10.0, 10.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var factor = call.Get<float>("multiplier");
        return NodeResult.Of(call.Get<DiffusionModel>("model1").Merge(call.Get<DiffusionModel>("model2"), new MergeShares(-factor, factor)));
    }
}
