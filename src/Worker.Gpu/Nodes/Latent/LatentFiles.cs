using Farm.Engine.Saving;
using Farm.Engine.Weights;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Latents as .latent files: safetensors with one tensor, and an empty one that marks values as the VAE gave them.</summary>
internal static class LatentFiles
{
    private const string Samples = "latent_tensor";
    private const string Mark = "latent_format_version_0";

    /// <summary>The scale of SD 1.x in files without the mark.</summary>
    private const double OldScale = 0.18215;

    /// <summary>Writes the next numbered file, with the prompt in its header.</summary>
    public static SavedFile Save(NodeCall call, Tensor samples)
    {
        var name = OutputName.Parse(call.Get<string>("filename_prefix"), 0, 0, call.Service<TimeProvider>());
        SavedTensor[] tensors =
        [
            new(new TensorInfo(Samples, samples.dtype, samples.shape), () => samples.alias()),
            new(new TensorInfo(Mark, ScalarType.Float32, [0]), () => empty(0)),
        ];
        var metadata = ImageFiles.Metadata(call).ToDictionary(StringComparer.Ordinal);
        return call.Context.Files.WriteNext(NodeFolder.Output, name.Subfolder, name.ForImage(0), ".latent", file => SafetensorsWriter.Write(file, tensors, metadata));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="NodeFailedException">It is no such file.</exception>
    public static Tensor Load(NodeCall call, string name)
    {
        var folder = Directory.CreateTempSubdirectory("farm-latent-");
        try
        {
            var path = Path.Combine(folder.FullName, "latent");
            using (var content = call.Context.Files.OpenRead(name))
            using (var copy = File.Create(path))
                content.CopyTo(copy);
            using var file = SafetensorsFile.Open(path);
            using var scope = NewDisposeScope();
            var samples = file.OpenTensor(Samples).to(ScalarType.Float32).clone();
            if (file.Tensors.All(tensor => tensor.Name != Mark)) samples.div_(OldScale);
            return samples.DetachFromDisposeScope();
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: latent is no latent file: {name}\n{error.Message}", error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
