using Farm.Engine.Merging;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Two models' weights mixed, with a ratio for each stretch.</summary>
internal sealed class ModelMergeBlocks : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelMergeBlocks", "ModelMergeBlocks").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .Input("model1", "MODEL")
        .Input("model2", "MODEL")
        .Float("input", 1.0, 0.0, 1.0, 0.01)
        .Float("middle", 1.0, 0.0, 1.0, 0.01)
        .Float("out", 1.0, 0.0, 1.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var ratios = ((string Prefix, float Ratio)[])[("input", call.Get<float>("input")), ("middle", call.Get<float>("middle")), ("out", call.Get<float>("out"))];
        return NodeResult.Of(call.Get<DiffusionModel>("model1").Merge(call.Get<DiffusionModel>("model2"), ratios));
    }
}
