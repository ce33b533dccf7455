using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a checkpoint of a model that is conditioned on images, with its image tower.</summary>
internal sealed class UnClipCheckpointLoader : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("unCLIPCheckpointLoader", "unCLIPCheckpointLoader").In("loaders").Module("nodes")
        .FileCombo("ckpt_name", "checkpoints")
        .Output("MODEL")
        .Output("CLIP")
        .Output("VAE")
        .Output("CLIP_VISION");

    protected override NodeResult? Run(NodeCall call)
    {
        var checkpoint = ModelFiles.Open(call, "checkpoints", "ckpt_name", "checkpoint", (loader, path) => loader.Load(path));
        var vision = ModelFiles.Open(call, "checkpoints", "ckpt_name", "checkpoint", (loader, path) => loader.LoadVision(path));
        return NodeResult.Of(checkpoint.Model, checkpoint.Clip, checkpoint.Vae, vision);
    }
}
