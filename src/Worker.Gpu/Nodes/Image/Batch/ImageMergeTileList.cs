using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Tiles put together to one image; where they overlap they fade into each other along a sine.</summary>
internal sealed class ImageMergeTileList : TensorNode
{
    private const double LeastWeight = 1e-5;

    protected override void Define(NodeBuilder node) => node
        .Named("ImageMergeTileList", "Merge List of Tiles to Image").In("image/batch").Module("comfy_extras.nodes_images")
        .InputIsList()
        .Input("image_list", "IMAGE")
        .Int("final_width", 1024, 64, 32768)
        .Int("final_height", 1024, 64, 32768)
        .Int("overlap", 128, 0, 4096)
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.List<Tensor>("image_list");
        if (images.Count == 0) throw NodeFailedException.ValueError("image_list: there are no tiles");
        long width = call.List<long>("final_width")[0], height = call.List<long>("final_height")[0], overlap = call.List<long>("overlap")[0];
        long tileHeight = images[0].shape[1], tileWidth = images[0].shape[2];
        var map = overlap == 0 ? ones(1, tileHeight, tileWidth, 1) : Slope(tileHeight).view(1, -1, 1, 1) * Slope(tileWidth).view(1, 1, -1, 1);
        var sum = zeros(TensorMemory.Require(images[0].shape[0], height, width, images[0].shape[3]));
        var weights = zeros(1, height, width, 1);
        foreach (var (tile, image) in TileGrid.Over(height, width, tileHeight, tileWidth, overlap).Zip(images))
        {
            if (image.shape[1] != tile.Height || image.shape[2] != tile.Width)
                throw NodeFailedException.RuntimeError($"image_list: a tile of {image.shape[2]}x{image.shape[1]} does not fit a place of {tile.Width}x{tile.Height}");
            var weight = map.narrow(1, 0, tile.Height).narrow(2, 0, tile.Width);
            sum.narrow(1, tile.Y, tile.Height).narrow(2, tile.X, tile.Width).add_(image * weight);
            weights.narrow(1, tile.Y, tile.Height).narrow(2, tile.X, tile.Width).add_(weight);
        }
        return NodeResult.Of(sum / where(weights == 0, ones_like(weights), weights));
    }

    private static Tensor Slope(long length) => (linspace(0, 1, length) * Math.PI).sin().clamp_min(LeastWeight);
}
