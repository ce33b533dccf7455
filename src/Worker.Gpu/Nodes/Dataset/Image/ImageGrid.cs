using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images side by side in rows, each stretched to a cell.</summary>
internal sealed class ImageGrid : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageGrid", "Image Grid").In("dataset/image").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("images", "IMAGE")
        .Int("columns", 4, 1, 20)
        .Int("cell_width", 256, 32, 2048, options: o => o.Advanced())
        .Int("cell_height", 256, 32, 2048, options: o => o.Advanced())
        .Int("padding", 4, 0, 50, options: o => o.Advanced())
        .Output("IMAGE", "images");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.List<Tensor>("images");
        if (images.Count == 0) throw NodeFailedException.ValueError("images: there are none");
        long Setting(string name) => call.List<long>(name)[0];
        var (columns, width, height, padding) = (Setting("columns"), Setting("cell_width"), Setting("cell_height"), Setting("padding"));
        var rows = (images.Count + columns - 1) / columns;
        var grid = zeros(TensorMemory.Require(1, rows * (height + padding) - padding, columns * (width + padding) - padding, 3));
        for (var i = 0; i < images.Count; i++)
        {
            var cell = SingleImages.Resize(TensorImages.ToPixels(Colour(images[i])), width, height);
            grid.narrow(1, i / columns * (height + padding), height).narrow(2, i % columns * (width + padding), width).copy_(cell);
        }
        return NodeResult.Of(grid);
    }

    private static Tensor Colour(Tensor image) => image.shape[^1] == 1 ? image[0].expand(-1, -1, 3) : image[0].narrow(-1, 0, 3);
}
