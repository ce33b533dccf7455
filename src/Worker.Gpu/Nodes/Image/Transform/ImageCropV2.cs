using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A rectangle of an image, drawn by hand; shows it.</summary>
internal sealed class ImageCropV2 : TensorNode
{
    private const long DefaultSide = 512;
    protected override void Define(NodeBuilder node) => node
        .Named("ImageCropV2", "Image Crop").In("image/transform").Module("comfy_extras.nodes_images")
        .IntermediateOutput().More("essentials_category", "Image Tools")
        .Input("image", "IMAGE")
        .Input("crop_region", "BOUNDING_BOX", options: o => o.Set("default", new Dictionary<string, object?> { ["x"] = 0, ["y"] = 0, ["width"] = 512, ["height"] = 512 }).Socketless().Set("component", "ImageCrop"))
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var region = call.Get<IReadOnlyDictionary<string, object?>>("crop_region");
        var cut = Cropping.Cut(call.Get<Tensor>("image"), Side("x", 0), Side("y", 0), Side("width", DefaultSide), Side("height", DefaultSide));
        return NodeResult.WithUi(new UiOutput().AddImages(ImageFiles.SavePreviews(call, cut)).Add("animated", false), cut);

        long Side(string name, long fallback) => region.GetValueOrDefault(name) switch { long value => value, double value => (long)value, _ => fallback };
    }
}
