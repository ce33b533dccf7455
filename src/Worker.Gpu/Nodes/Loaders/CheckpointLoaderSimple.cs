using Farm.Engine.Families;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a checkpoint: network, text side, autoencoder. Weights are loaded when they are first used.</summary>
internal sealed class CheckpointLoaderSimple : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CheckpointLoaderSimple", "Load Checkpoint").In("loaders").Module("nodes")
        .Describe("Opens a diffusion model's checkpoint; the model takes noise out of latents.")
        .FileCombo("ckpt_name", "checkpoints", options: o => o.Tooltip("The checkpoint to open."))
        .Output("MODEL", tooltip: "The network that takes noise out of latents.")
        .Output("CLIP", tooltip: "The text side, which encodes texts.")
        .Output("VAE", tooltip: "The autoencoder between images and latents.");

    protected override NodeResult? Run(NodeCall call)
    {
        var name = call.Get<string>("ckpt_name");
        var path = call.Context.Files.ModelPath("checkpoints", name);
        try
        {
            var checkpoint = call.Service<CheckpointLoader>().Load(path);
            return NodeResult.Of(checkpoint.Model, checkpoint.Clip, checkpoint.Vae);
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: Could not detect model type of: {name}\n{error.Message}", error);
        }
    }
}
