using Farm.Engine.Families;
using Farm.Engine.Models.Vae;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Opens an autoencoder.</summary>
internal sealed class VAELoader : Node
{
    private const string PixelSpace = "pixel_space";

    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAELoader", "Load VAE").In("loaders").Module("nodes")
        .FileCombo("vae_name", "vae", extra: [PixelSpace])
        .Output("VAE");

    protected override NodeResult? Run(NodeCall call)
    {
        var name = call.Get<string>("vae_name");
        if (name == PixelSpace) throw NodeFailedException.RuntimeError($"vae_name: '{PixelSpace}' is for models that work on pixels; the engine has none of them yet.");
        if (TinyAutoencoders.FormatOf(name) is not null) return NodeResult.Of(TinyVaeFiles.Open(call.Context, name));
        var path = call.Context.Files.ModelPath("vae", name);
        try
        {
            return NodeResult.Of(call.Service<CheckpointLoader>().LoadVae(path));
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: VAE is invalid: {name}\n{error.Message}", error);
        }
    }
}
