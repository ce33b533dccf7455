using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes a latent as a numbered file.</summary>
internal sealed class SaveLatent : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("SaveLatent", "SaveLatent").In("_for_testing").Module("nodes").OutputNode()
        .Input("samples", "LATENT")
        .String("filename_prefix", "latents/ComfyUI")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.WithUi(new UiOutput().Add("latents", LatentFiles.Save(call, call.Get<Latent>("samples").Samples).ToUi()));
}
