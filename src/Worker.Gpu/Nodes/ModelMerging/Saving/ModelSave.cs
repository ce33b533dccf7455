using Farm.Engine.Models.UNet;
using Farm.Engine.Saving;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes a denoising network with its changes as a numbered file.</summary>
internal sealed class ModelSave : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSave", "ModelSave").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .OutputNode()
        .Input("model", "MODEL")
        .String("filename_prefix", "diffusion_models/ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var model = call.Get<DiffusionModel>("model");
        ModelWriting.Save(call, "filename_prefix", [.. ModelExport.Of(model), .. ModelFacts.Marks(model)], model);
        return NodeResult.Of();
    }
}
