using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>An image cut into overlapping tiles.</summary>
internal sealed class SplitImageToTileList : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("SplitImageToTileList", "Split Image into List of Tiles").In("image/batch").Module("comfy_extras.nodes_images")
        .Input("image", "IMAGE")
        .Int("tile_width", 1024, 64, 16384)
        .Int("tile_height", 1024, 64, 16384)
        .Int("overlap", 128, 0, 4096)
        .Output("IMAGE", isList: true);

    protected override NodeResult Compute(NodeCall call)
    {
        var image = call.Get<Tensor>("image");
        var tiles = TileGrid.Over(image.shape[1], image.shape[2], call.Get<long>("tile_height"), call.Get<long>("tile_width"), call.Get<long>("overlap"));
        return NodeResult.Of((object)tiles
            .Select(tile => (object?)image.narrow(1, tile.Y, tile.Height).narrow(2, tile.X, tile.Width).clone()).ToArray());
    }
}
