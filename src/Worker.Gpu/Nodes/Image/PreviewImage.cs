using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Shows images without keeping them.</summary>
internal sealed class PreviewImage : TensorNode
{
    private readonly string _prefix = "ComfyUI" + ImageFiles.PreviewSuffix();
    protected override void Define(NodeBuilder node) => node
        .V1().Named("PreviewImage", "Preview Image").In("image").Module("nodes")
        .OutputNode().More("essentials_category", "Basics")
        .Input("images", "IMAGE")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var files = ImageFiles.SavePngs(call, call.Get<Tensor>("images"), NodeFolder.Temp, _prefix, ImageFiles.PreviewLevel);
        return NodeResult.WithUi(new UiOutput().AddImages(files));
    }
}
