using Farm.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Two images side by side or one above the other, with a coloured strip between them if wanted.</summary>
internal sealed class ImageStitch : TensorNode
{
    private static readonly Dictionary<string, float[]> Colours = new()
    {
        ["white"] = [1, 1, 1],
        ["black"] = [0, 0, 0],
        ["red"] = [1, 0, 0],
        ["green"] = [0, 1, 0],
        ["blue"] = [0, 0, 1],
    };

    protected override void Define(NodeBuilder node) => node
        .Named("ImageStitch", "Image Stitch").In("image/transform").Module("comfy_extras.nodes_images")
        .Input("image1", "IMAGE")
        .Combo("direction", ["right", "down", "left", "up"], "right")
        .Boolean("match_image_size", true)
        .Int("spacing_width", 0, 0, 1024, 2, options: o => o.Advanced())
        .Combo("spacing_color", Colours.Keys, "white", o => o.Advanced())
        .OptionalInputs()
        .Input("image2", "IMAGE")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var first = call.Get<Tensor>("image1");
        if (call.GetOptional<Tensor>("image2") is not { } second) return NodeResult.Of(first);
        var direction = call.Get<string>("direction");
        var isRow = direction is "right" or "left";
        var name = call.Get<string>("spacing_color");
        if (!Colours.TryGetValue(name, out var colour)) throw NodeFailedException.ValueError($"spacing_color: '{name}' is not known");

        var batch = Math.Max(first.shape[0], second.shape[0]);
        (first, second) = (Lengthen(first, batch), Lengthen(second, batch));
        if (call.Get<bool>("match_image_size")) second = Match(first, second, isRow);
        else (first, second) = Centre(first, second, isRow ? 1 : 2, name == "white" ? 1 : 0);
        var channels = Math.Max(first.shape[3], second.shape[3]);
        (first, second) = (Opaque(first, channels), Opaque(second, channels));

        List<Tensor> parts = direction is "left" or "up" ? [second, first] : [first, second];
        var spacing = call.Get<long>("spacing_width") is var width ? width + width % 2 : 0;
        if (spacing > 0) parts.Insert(1, Strip(first, spacing, isRow, colour));
        var along = isRow ? 2 : 1;
        TensorMemory.Require(batch, first.shape[3 - along], parts.Sum(part => part.shape[along]), channels);
        return NodeResult.Of(cat(parts, along));
    }

    /// <summary>The batch with its last image repeated.</summary>
    private static Tensor Lengthen(Tensor images, long batch) =>
        images.shape[0] == batch ? images : cat([images, images.narrow(0, images.shape[0] - 1, 1).expand(batch - images.shape[0], -1, -1, -1)]);

    private static Tensor Match(Tensor first, Tensor second, bool isRow)
    {
        var ratio = (double)second.shape[2] / second.shape[1];
        var (width, height) = isRow
            ? ((long)(first.shape[1] * ratio), first.shape[1])
            : (first.shape[2], (long)(first.shape[2] / ratio));
        return Sizes.Resize(second, width, height, "lanczos");
    }

    private static (Tensor First, Tensor Second) Centre(Tensor first, Tensor second, int across, double fill)
    {
        var size = Math.Max(first.shape[across], second.shape[across]);
        return (Pad(first), Pad(second));

        Tensor Pad(Tensor images)
        {
            var missing = size - images.shape[across];
            if (missing == 0) return images;
            var (before, after) = (missing / 2, missing - missing / 2);
            long[] margins = across == 1 ? [0, 0, 0, 0, before, after] : [0, 0, before, after];
            return nn.functional.pad(images, margins, PaddingModes.Constant, fill);
        }
    }

    private static Tensor Opaque(Tensor images, long channels) => images.shape[3] == channels
        ? images
        : cat([images, ones([.. images.shape[..3], channels - images.shape[3]])], -1);

    private static Tensor Strip(Tensor beside, long spacing, bool isRow, float[] colour)
    {
        long[] shape = isRow ? [beside.shape[0], beside.shape[1], spacing, beside.shape[3]] : [beside.shape[0], spacing, beside.shape[2], beside.shape[3]];
        var strip = ones(TensorMemory.Require(shape));
        var count = Math.Min(colour.Length, beside.shape[3]);
        strip.narrow(-1, 0, count).copy_(tensor(colour).narrow(0, 0, count));
        return strip;
    }
}
