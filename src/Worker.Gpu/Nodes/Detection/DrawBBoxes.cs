using System.Globalization;
using Farm.Nodes;
using Farm.Worker.Imaging;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Outlines of rectangles on images, the surest last; on a black ground where no image is given.</summary>
internal sealed class DrawBBoxes : TensorNode
{
    private const long EmptySide = 640;
    private const int LineWidth = 3;

    private static readonly byte[][] Colours =
    [
        [255, 0, 0], [0, 200, 0], [0, 0, 255], [255, 165, 0], [128, 0, 128], [0, 255, 255], [255, 20, 147], [100, 149, 237],
    ];

    protected override void Define(NodeBuilder node) => node
        .Named("DrawBBoxes", "Draw BBoxes").In("detection/").Module("comfy_extras.nodes_rtdetr")
        .Input("bboxes", "BOUNDING_BOX", o => o.Set("default", CropByBBoxes.Default).Socketless().ForceInput())
        .OptionalInputs()
        .Input("image", "IMAGE")
        .Output("IMAGE", "out_image");

    protected override NodeResult Compute(NodeCall call)
    {
        var boxes = Boxes.Read(call, "bboxes");
        var images = call.GetOptional<Tensor>("image") ?? Ground(boxes.Count > 0 ? boxes[0] : []);
        return NodeResult.Of(cat([.. Batches.Range(0, images.shape[0]).Select(i =>
        {
            var pixels = TensorImages.ToPixels(images[i].narrow(-1, 0, Math.Min(3, images.shape[3])));
            foreach (var box in Of(boxes, i).OrderBy(box => box.Score)) Draw(pixels, box);
            return TensorImages.FromPixels(pixels);
        })]));
    }

    /// <summary>A single list holds for every image; images beyond the last list have no rectangles.</summary>
    private static IReadOnlyList<Box> Of(IReadOnlyList<IReadOnlyList<Box>> boxes, long image) =>
        boxes.Count == 1 ? boxes[0] : image < boxes.Count ? boxes[(int)image] : [];

    private static Tensor Ground(IReadOnlyList<Box> boxes)
    {
        long width = boxes.Count == 0 ? EmptySide : boxes.Max(box => box.Corners.Right), height = boxes.Count == 0 ? EmptySide : boxes.Max(box => box.Corners.Bottom);
        if (width < 1 || height < 1) throw NodeFailedException.ValueError($"bboxes: a ground of {width}x{height} cannot be drawn on");
        return zeros(TensorMemory.Require(1, height, width, 3));
    }

    private static void Draw(PixelBuffer image, Box box)
    {
        var (left, top, right, bottom) = box.Corners;
        if (right < left || bottom < top) throw NodeFailedException.ValueError("bboxes: width and height must not be negative");
        var label = CocoLabels.IndexOf(box.Label);
        var colour = Colours[Math.Max(0, label) % Colours.Length];
        for (var y = Math.Max(0, top); y <= Math.Min(bottom, image.Height - 1); y++)
        {
            var row = image.Row((int)y);
            for (var x = Math.Max(0, left); x <= Math.Min(right, image.Width - 1); x++)
            {
                if (Math.Min(Math.Min(x - left, right - x), Math.Min(y - top, bottom - y)) < LineWidth)
                    colour.AsSpan(0, image.Channels).CopyTo(row[((int)x * image.Channels)..]);
            }
        }
        if (label >= 0) TextPainter.Draw(image, string.Create(CultureInfo.InvariantCulture, $"{box.Label} {box.Score:F2}"), left + 2, top + 2, colour);
    }
}
