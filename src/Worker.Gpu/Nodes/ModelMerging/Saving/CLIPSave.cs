using Farm.Engine.Saving;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes each text encoder with its changes as a numbered file.</summary>
internal sealed class CLIPSave : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CLIPSave", "CLIPSave").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .OutputNode()
        .Input("clip", "CLIP")
        .String("filename_prefix", "clip/ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        foreach (var (encoder, tensors) in ModelExport.Of(call.Get<ITextEncoder>("clip"))) ModelWriting.Save(call, "filename_prefix", tensors, part: $"_clip_{encoder}");
        return NodeResult.Of();
    }
}
