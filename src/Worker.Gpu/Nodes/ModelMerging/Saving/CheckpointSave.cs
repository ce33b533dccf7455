using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Saving;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes network, text side and autoencoder with their changes as one numbered checkpoint.</summary>
internal sealed class CheckpointSave : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CheckpointSave", "Save Checkpoint").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .OutputNode()
        .Input("model", "MODEL")
        .Input("clip", "CLIP")
        .Input("vae", "VAE")
        .String("filename_prefix", "checkpoints/ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var model = call.Get<DiffusionModel>("model");
        var tensors = ModelExport.Of(model, call.Get<ITextEncoder>("clip"), call.Get<VaeModel>("vae"));
        ModelWriting.Save(call, "filename_prefix", [.. tensors, .. ModelFacts.Marks(model)], model);
        return NodeResult.Of();
    }
}
