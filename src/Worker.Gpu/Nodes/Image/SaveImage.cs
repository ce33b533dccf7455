using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Writes images as numbered PNGs that carry the prompt and the workflow.</summary>
internal sealed class SaveImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("SaveImage", "Save Image").In("image").Module("nodes")
        .OutputNode().More("essentials_category", "Basics")
        .Input("images", "IMAGE", options: o => o.Tooltip("The images to save."))
        .String("filename_prefix", "ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var files = ImageFiles.SavePngs(call, call.Get<Tensor>("images"), NodeFolder.Output, call.Get("filename_prefix", "ComfyUI"), ImageFiles.OutputLevel);
        return NodeResult.WithUi(new UiOutput().AddImages(files));
    }
}
