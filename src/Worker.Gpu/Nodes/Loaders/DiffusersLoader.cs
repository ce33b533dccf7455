using Farm.Engine.Families;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens a model that diffusers keeps in a folder: network, text side, autoencoder.</summary>
internal sealed class DiffusersLoader : Node, IReproducibleNode
{
    private const string Kind = "diffusers";

    private static readonly string[] Networks = ["diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.bin", "diffusion_pytorch_model.fp16.bin"];
    private static readonly string[] Texts = ["model.safetensors", "model.fp16.safetensors", "pytorch_model.bin", "pytorch_model.fp16.bin"];

    protected override void Define(NodeBuilder node) => node
        .V1().Named("DiffusersLoader", "DiffusersLoader").In("advanced/loaders/deprecated").Module("nodes")
        .FileCombo("model_path", Kind)
        .Output("MODEL")
        .Output("CLIP")
        .Output("VAE");

    protected override NodeResult? Run(NodeCall call)
    {
        var name = call.Get<string>("model_path");
        call.Context.Files.ModelPath(Kind, name);
        var unet = Find(call, $"{name}/unet", Networks)
            ?? throw NodeFailedException.RuntimeError($"ERROR: model_path is invalid: {name}\nunet: there is none of {string.Join(", ", Networks)} in it.");
        var parts = new DiffusersParts(name, unet)
        {
            Vae = Find(call, $"{name}/vae", Networks),
            TextEncoder = Find(call, $"{name}/text_encoder", Texts),
            TextEncoder2 = Find(call, $"{name}/text_encoder_2", Texts),
        };
        try
        {
            var checkpoint = call.Service<CheckpointLoader>().Load(parts);
            return NodeResult.Of(checkpoint.Model, checkpoint.Clip, checkpoint.Vae);
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: Could not detect model type of: {name}\n{error.Message}", error);
        }
    }

    private static string? Find(NodeCall call, string folder, string[] names)
    {
        foreach (var name in names)
        {
            try
            {
                return call.Context.Files.ModelPath(Kind, $"{folder}/{name}");
            }
            catch (NodeFailedException missing) when (missing.Type == NodeFailedException.FileNotFound("").Type)
            {
                // The next of the names that diffusers writes.
            }
        }
        return null;
    }
}
