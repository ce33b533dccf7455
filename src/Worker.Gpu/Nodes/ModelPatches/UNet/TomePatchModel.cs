using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Merges tokens that are alike.</summary>
internal sealed class TomePatchModel : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("TomePatchModel").In("model_patches/unet").Module("comfy_extras.nodes_tomesd")
        .Input("model", "MODEL")
        .Float("ratio", 0.3, 0.0, 1.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<DiffusionModel>("model").WithTokenMerging(call.Get<double>("ratio")));
}
