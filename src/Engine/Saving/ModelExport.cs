using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Text;
using static TorchSharp.torch;

namespace Farm.Engine.Saving;

/// <summary>The weights of models as files hold them: every change made, in the types they were stored in, under the names that loaders know.</summary>
public static class ModelExport
{
    private const string UNetPrefix = "model.diffusion_model.";
    private const string VaePrefix = "first_stage_model.";
    private const string TextModel = "text_model.";

    private static readonly string[] InTextModel = ["embeddings.", "encoder.", "final_layer_norm."];

    /// <summary>The denoising network, as in a checkpoint.</summary>
    public static IReadOnlyList<SavedTensor> Of(DiffusionModel model) => [.. Tensors(model.Part, name => UNetPrefix + name)];

    /// <summary>The autoencoder, as in a file of its own.</summary>
    public static IReadOnlyList<SavedTensor> Of(VaeModel vae) => [.. Tensors(vae.Part, name => name)];

    /// <summary>Each text encoder, as in a file of its own in transformers' layout.</summary>
    public static IReadOnlyList<(string Encoder, IReadOnlyList<SavedTensor> Tensors)> Of(ITextEncoder clip) =>
        [.. clip.Parts.Select(part => (part.Name, (IReadOnlyList<SavedTensor>)[.. Tensors(part, Transformers)]))];

    /// <summary>A whole checkpoint in the layout of the model's family.</summary>
    public static IReadOnlyList<SavedTensor> Of(DiffusionModel model, ITextEncoder clip, VaeModel vae) =>
        [.. Of(model), .. clip.Parts.SelectMany(part => Encoder(model, part)), .. Tensors(vae.Part, name => VaePrefix + name)];

    private static IEnumerable<SavedTensor> Encoder(DiffusionModel model, NetworkPartView part) => (model.Config.ContextWidth, part.Name) switch
    {
        (TextWidths.SD2, _) => OpenClipExport.Of(part, "cond_stage_model.model."),
        (TextWidths.Xl, "g") => OpenClipExport.Of(part, "conditioner.embedders.1.model."),
        (TextWidths.Xl, _) => Tensors(part, name => "conditioner.embedders.0.transformer." + Transformers(name)),
        (TextWidths.Refiner, _) => OpenClipExport.Of(part, "conditioner.embedders.0.model."),
        _ => Tensors(part, name => "cond_stage_model.transformer." + Transformers(name)),
    };

    private static string Transformers(string name) => Array.Exists(InTextModel, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? TextModel + name : name;

    private static IEnumerable<SavedTensor> Tensors(NetworkPartView part, Func<string, string> rename)
    {
        foreach (var name in part.Stored.Names.Order(StringComparer.Ordinal))
        {
            if (part.Stored.TryFind(name, out var info)) yield return new SavedTensor(info with { Name = rename(name) }, () => Changed(part, name));
        }
    }

    /// <summary>A weight with every change to it, in its stored type.</summary>
    internal static Tensor Changed(NetworkPartView part, string name)
    {
        var stored = part.Stored.Open(name).DetachFromDisposeScope();
        if (!part.Patches.Cover(name)) return stored;
        using (stored) return part.Patches.Apply(name, stored, CPU, stored.dtype);
    }
}

/// <summary>Widths of text states, by which the families' layouts are told apart.</summary>
internal static class TextWidths
{
    public const long SD1 = 768;
    public const long SD2 = 1024;
    public const long Refiner = 1280;
    public const long Xl = 2048;
}
