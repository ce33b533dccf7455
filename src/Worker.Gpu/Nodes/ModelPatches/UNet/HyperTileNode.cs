using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Cuts large self attentions into tiles.</summary>
internal sealed class HyperTileNode : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("HyperTile").In("model_patches/unet").Module("comfy_extras.nodes_hypertile")
        .Input("model", "MODEL")
        .Int("tile_size", 256, 1, 2048, options: o => o.Advanced())
        .Int("swap_size", 2, 1, 128, options: o => o.Advanced())
        .Int("max_depth", 0, 0, 10, options: o => o.Advanced())
        .Boolean("scale_depth", false, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<DiffusionModel>("model").WithHyperTile(
        call.Get<int>("tile_size"), call.Get<int>("swap_size"), call.Get<int>("max_depth"), call.Get<bool>("scale_depth")));
}
