using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Shows masks as grey images.</summary>
internal sealed class MaskPreview : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("MaskPreview", "Preview Mask").In("mask").Module("comfy_extras.nodes_mask")
        .OutputNode()
        .Input("mask", "MASK")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var mask = call.Get<Tensor>("mask");
        var images = Batches.MaskPlanes(mask).movedim([1], [-1]).expand(-1, -1, -1, 3);
        return NodeResult.WithUi(new UiOutput().AddImages(ImageFiles.SavePreviews(call, images)).Add("animated", false));
    }
}
