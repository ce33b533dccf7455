using Farm.Engine.Models.UNet;
using Farm.Engine.Saving;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Models as numbered .safetensors files in the output folder, whose header carries the prompt and what the model is.</summary>
internal static class ModelWriting
{
    /// <summary>Writes a file.</summary>
    /// <param name="call">The call, with the prompt and extra_pnginfo.</param>
    /// <param name="input">The input that holds the name's beginning.</param>
    /// <param name="tensors">What is written, made one after the other.</param>
    /// <param name="model">The model that the header tells of; null for none.</param>
    /// <param name="part">What is put behind the name's beginning.</param>
    public static void Save(NodeCall call, string input, IReadOnlyList<SavedTensor> tensors, DiffusionModel? model = null, string part = "")
    {
        var name = OutputName.Parse(call.Get<string>(input) + part, 0, 0, call.Service<TimeProvider>());
        var metadata = new Dictionary<string, string>(model is null ? [] : ModelFacts.Metadata(model, name.Prefix), StringComparer.Ordinal);
        foreach (var (key, value) in ImageFiles.Metadata(call)) metadata[key] = value;
        call.Context.Files.WriteNext(NodeFolder.Output, name.Subfolder, name.ForImage(0), ".safetensors", file => SafetensorsWriter.Write(file, tensors, metadata));
    }
}
