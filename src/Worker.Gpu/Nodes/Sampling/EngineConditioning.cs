using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Conditionings as nodes pass them around, in the engine's terms.</summary>
internal static class EngineConditioning
{
    /// <summary>The two sides of a guided run for a latent, whose size areas are measured against.</summary>
    public static (IReadOnlyList<ConditioningEntry> Positive, IReadOnlyList<ConditioningEntry> Negative) Create(
        Conditioning positive, Conditioning negative, Tensor latent)
    {
        var ours = positive.Items.Select(item => Entry(item, latent)).ToList();
        var theirs = negative.Items.Select(item => Entry(item, latent)).ToList();
        MirrorAreas(theirs, ours);
        MirrorAreas(ours, theirs);
        return (ours, theirs);
    }

    /// <summary>
    /// Guidance compares like with like: where one side looks at an area, the other does too, with the text it has for the smallest
    /// area around it.
    /// </summary>
    private static void MirrorAreas(List<ConditioningEntry> from, List<ConditioningEntry> to)
    {
        foreach (var entry in from.Where(entry => entry.Area is not null).ToList())
        {
            var around = to.Where(other => other.Area is null || Contains(other.Area, entry.Area!))
                .MinBy(other => other.Area is { } area ? area.Height * area.Width : long.MaxValue);
            if (around is not null && around.Area != entry.Area) to.Add(entry with { Context = around.Context, Y = around.Y });
        }
    }

    private static bool Contains(LatentArea outer, LatentArea inner) =>
        inner.X >= outer.X && inner.Y >= outer.Y && inner.X + inner.Width <= outer.X + outer.Width && inner.Y + inner.Height <= outer.Y + outer.Height;

    private static ConditioningEntry Entry(ConditioningItem item, Tensor latent) => new(item.Context)
    {
        Strength = (float)Number(item, "strength", 1),
        Area = MaskBounds.Of(item, latent.shape[^2], latent.shape[^1]) ?? Area(item, latent.shape[^2], latent.shape[^1]),
        Mask = item.Options.GetValueOrDefault("mask") as Tensor,
        MaskStrength = (float)Number(item, "mask_strength", 1),
        StartPercent = Number(item, "start_percent", 0),
        EndPercent = Number(item, "end_percent", 1),
    };

    private static double Number(ConditioningItem item, string name, double fallback) => item.Options.GetValueOrDefault(name) as double? ?? fallback;

    private static LatentArea? Area(ConditioningItem item, long height, long width) => (item.Options.GetValueOrDefault("area") as object?[]) switch
    {
        [long h, long w, long y, long x] => Inside(h, w, y, x, height, width),
        ["percentage", double h, double w, double y, double x] => Inside(
            Math.Max(1, Sizes.Round(h * height)), Math.Max(1, Sizes.Round(w * width)), Sizes.Round(y * height), Sizes.Round(x * width), height, width),
        _ => null,
    };

    private static LatentArea Inside(long h, long w, long y, long x, long height, long width)
    {
        if (y >= height || x >= width)
            throw NodeFailedException.ValueError($"conditioning area: it begins at ({x}, {y}), outside the latent of {width}x{height} cells");
        return new LatentArea(Math.Min(h, height - y), Math.Min(w, width - x), y, x);
    }
}
