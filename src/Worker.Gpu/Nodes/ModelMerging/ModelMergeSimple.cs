using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two models' weights mixed.</summary>
internal sealed class ModelMergeSimple : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelMergeSimple", "ModelMergeSimple").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("model1", "MODEL")
        .Input("model2", "MODEL")
        .Float("ratio", 1.0, 0.0, 1.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var ratio = call.Get<float>("ratio");
        return NodeResult.Of(call.Get<DiffusionModel>("model1").Merge(call.Get<DiffusionModel>("model2"), new MergeShares(1 - ratio, ratio)));
    }
}
