using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>From each image the region that its rectangles span, in one size.</summary>
internal sealed class CropByBBoxes : TensorNode
{
    /// <summary>Where no rectangle lies on the image: a square of this share of its shorter side, from this share of its height.</summary>
    private const double FallbackSide = 0.3, FallbackTop = 0.1;

    protected override void Define(NodeBuilder node) => node
        .Named("CropByBBoxes").In("image/preprocessors").Module("comfy_extras.nodes_sdpose")
        .Input("image", "IMAGE")
        .Input("bboxes", "BOUNDING_BOX", o => o.Set("default", Default).Socketless().ForceInput())
        .Int("output_width", 512, 64, 4096, 8)
        .Int("output_height", 512, 64, 4096, 8)
        .Int("padding", 0, 0, 1024, 1)
        .Combo("keep_aspect", ["stretch", "pad"], "stretch")
        .Output("IMAGE");

    /// <summary>What detection nodes start from.</summary>
    internal static OrderedDictionary<string, object?> Default => new() { ["x"] = 0, ["y"] = 0, ["width"] = 512, ["height"] = 512 };

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        var boxes = Boxes.Read(call, "bboxes");
        if (boxes.Count == 0) return NodeResult.Of(images);
        long width = call.Get<long>("output_width"), height = call.Get<long>("output_height"), padding = call.Get<long>("padding");
        var isPadded = call.Get("keep_aspect", "stretch") == "pad";
        List<Tensor> crops = [];
        for (var i = 0; i < images.shape[0]; i++)
        {
            var own = boxes[Math.Min(i, boxes.Count - 1)];
            if (own.Count == 0) continue;
            var region = Cut(images.narrow(0, i, 1), own, padding);
            crops.Add(isPadded ? Fit(region, width, height) : Sizes.Resize(region, width, height, "bilinear"));
        }
        return NodeResult.Of(crops.Count == 0 ? images : cat(crops));
    }

    private static Tensor Cut(Tensor image, IReadOnlyList<Box> boxes, long padding)
    {
        long height = image.shape[1], width = image.shape[2];
        var left = Math.Max(0, boxes.Min(box => box.Corners.Left) - padding);
        var top = Math.Max(0, boxes.Min(box => box.Corners.Top) - padding);
        var right = Math.Min(width, boxes.Max(box => box.Corners.Right) + padding);
        var bottom = Math.Min(height, boxes.Max(box => box.Corners.Bottom) + padding);
        if (right <= left || bottom <= top)
        {
            var side = Math.Max(1, (long)(FallbackSide * Math.Min(height, width)));
            (left, top) = ((width - side) / 2, (long)(FallbackTop * height));
            (right, bottom) = (left + side, Math.Min(height, top + side));
        }
        return image.narrow(1, top, bottom - top).narrow(2, left, right - left);
    }

    private static Tensor Fit(Tensor region, long width, long height)
    {
        var scale = Math.Min((double)width / region.shape[2], (double)height / region.shape[1]);
        long w = Math.Max(1, Sizes.Round(region.shape[2] * scale)), h = Math.Max(1, Sizes.Round(region.shape[1] * scale));
        var canvas = zeros(TensorMemory.Require(1, height, width, region.shape[3]));
        canvas.narrow(1, (height - h) / 2, h).narrow(2, (width - w) / 2, w).copy_(Sizes.Resize(region, w, h, "bilinear"));
        return canvas;
    }
}
