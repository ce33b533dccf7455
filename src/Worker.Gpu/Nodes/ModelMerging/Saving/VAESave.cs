using Farm.Engine.Models.Vae;
using Farm.Engine.Saving;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes an autoencoder as a numbered file.</summary>
internal sealed class VAESave : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAESave", "VAESave").In("advanced/model_merging").Module("comfy_extras.nodes_model_merging")
        .OutputNode()
        .Input("vae", "VAE")
        .String("filename_prefix", "vae/ComfyUI_vae")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        ModelWriting.Save(call, "filename_prefix", ModelExport.Of(call.Get<VaeModel>("vae")));
        return NodeResult.Of();
    }
}
