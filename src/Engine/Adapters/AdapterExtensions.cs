using Farm.Engine.Models.UNet;
using Farm.Engine.Text;

namespace Farm.Engine.Adapters;

/// <summary>Adapter files on models.</summary>
public static class AdapterExtensions
{
    /// <summary>The model with the file's changes to it.</summary>
    public static DiffusionModel ApplyTo(this AdapterFile file, DiffusionModel model, float strength) =>
        strength != 0 && file.Fit(model.Part, soleEncoder: false, strength) is { } patch ? model.With(patch) : model;

    /// <summary>The text side with the file's changes to its encoders.</summary>
    public static ITextEncoder ApplyTo(this AdapterFile file, ITextEncoder clip, float strength)
    {
        var parts = clip.Parts;
        foreach (var part in parts)
        {
            if (strength != 0 && file.Fit(part, parts.Count == 1, strength) is { } patch) clip = clip.WithWeights(part.Name, patch);
        }
        return clip;
    }
}
