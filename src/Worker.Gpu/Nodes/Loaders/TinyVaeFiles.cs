using Farm.Engine.Families;
using Farm.Engine.Models.Vae;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Approximations of autoencoders by name, in <c>vae_approx</c>.</summary>
internal static class TinyVaeFiles
{
    private const string Folder = "vae_approx";

    private static readonly string[] Endings = [".safetensors", ".pth", ".pt", ".ckpt", ".bin", ".sft"];

    /// <summary>The approximation of a known name.</summary>
    /// <exception cref="NodeFailedException">A file is missing or none of its kind.</exception>
    public static VaeModel Open(INodeContext context, string name)
    {
        var loader = context.Services.GetService(typeof(CheckpointLoader)) as CheckpointLoader ?? throw new InvalidOperationException("The worker has no loader of checkpoints.");
        var format = TinyAutoencoders.FormatOf(name) ?? throw NodeFailedException.ValueError($"vae_name: '{name}' is no approximation of a VAE; {string.Join(", ", TinyAutoencoders.Names)} are.");
        try
        {
            return loader.LoadTinyVae(PathOf(context.Files, name + "_encoder"), PathOf(context.Files, name + "_decoder"), format);
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: VAE is invalid: {name}\n{error.Message}", error);
        }
    }

    private static string PathOf(INodeFiles files, string name)
    {
        foreach (var ending in Endings)
        {
            try
            {
                return files.ModelPath(Folder, name + ending);
            }
            catch (NodeFailedException missing) when (missing.Type == NodeFailedException.FileNotFound("").Type)
            {
                // the next ending may be there
            }
        }
        throw NodeFailedException.FileNotFound($"Model in folder '{Folder}' with filename '{name}{Endings[0]}' not found (nor with {string.Join(", ", Endings[1..])}).");
    }
}
