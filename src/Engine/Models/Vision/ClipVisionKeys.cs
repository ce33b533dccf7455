using Farm.Engine.Text;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.Vision;

/// <summary>An image tower's tensors under transformers' names, whichever layout the file has.</summary>
internal static class ClipVisionKeys
{
    private const string Tower = "vision_model.";
    private const string Projection = "visual_projection.";

    /// <summary>Where towers stand in files: alone in OpenCLIP's layout, in an unCLIP checkpoint, in an image-to-video checkpoint.</summary>
    private static readonly string[] OpenClipPrefixes = ["visual.", "embedder.model.visual.", "conditioner.embedders.0.open_clip.model.visual."];

    /// <summary>The view; null when the file holds no image tower.</summary>
    public static StateDict? Normalise(StateDict file)
    {
        foreach (var prefix in OpenClipPrefixes)
        {
            var inner = file.Under(prefix);
            if (OpenClipSource.Matches(inner) && inner.Contains("conv1.weight")) return new StateDict(new OpenClipSource(inner));
        }
        if (!file.Contains(Tower + "embeddings.patch_embedding.weight")) return null;
        return file.Renamed("vision", name => name.StartsWith(Tower, StringComparison.Ordinal) ? name[Tower.Length..] : name.StartsWith(Projection, StringComparison.Ordinal) ? name : null);
    }
}
