using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two models' weights added.</summary>
internal sealed class ModelMergeAdd : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelMergeAdd", "ModelMergeAdd").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("model1", "MODEL")
        .Input("model2", "MODEL")
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<DiffusionModel>("model1").Merge(call.Get<DiffusionModel>("model2"), new MergeShares(1, 1)));
}
