using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Shows two batches side by side.</summary>
internal sealed class ImageCompare : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ImageCompare", "Image Compare").In("image").Module("comfy_extras.nodes_image_compare")
        .OutputNode().Experimental().More("essentials_category", "Image Tools")
        .Input("compare_view", "IMAGECOMPARE", o => o.Socketless())
        .OptionalInputs()
        .Input("image_a", "IMAGE")
        .Input("image_b", "IMAGE")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call) =>
        NodeResult.WithUi(new UiOutput().Add("a_images", Show(call, "image_a", "comfy.compare.a")).Add("b_images", Show(call, "image_b", "comfy.compare.b")));

    private static IEnumerable<object?> Show(NodeCall call, string input, string prefix) =>
        call.GetOptional<Tensor>(input) is { } images ? ImageFiles.SavePreviews(call, images, prefix).Select(file => file.ToUi()) : [];
}
