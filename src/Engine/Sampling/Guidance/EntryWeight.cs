using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>How much an entry counts at each cell of its area.</summary>
internal static class EntryWeight
{
    private const int Feather = 8; // most latent cells over which an area without a mask fades in
    private const int FeatherShare = 4; // a small area fades over this part of its side

    /// <summary>Weights of the shape of <paramref name="cut"/>, the entry's part of <paramref name="x"/>.</summary>
    public static Tensor Create(ConditioningEntry entry, Tensor cut, Tensor x)
    {
        var weight = full_like(cut, entry.Strength);
        if (entry.Mask is not null) return weight * Mask(entry, x);
        if (entry.Area is { } area) Fade(weight, area, x);
        return weight;
    }

    private static Tensor Mask(ConditioningEntry entry, Tensor x)
    {
        var mask = LatentMask.Resize(entry.Mask!, x) * entry.MaskStrength;
        return entry.Area is { } area ? mask.narrow(-2, area.Y, area.Height).narrow(-1, area.X, area.Width) : mask;
    }

    /// <summary>Fades the edges that are not the latent's own.</summary>
    private static void Fade(Tensor weight, LatentArea area, Tensor x)
    {
        FadeSide(weight, -2, area.Y, area.Height, x.shape[^2]);
        FadeSide(weight, -1, area.X, area.Width, x.shape[^1]);
    }

    private static void FadeSide(Tensor weight, int dimension, long start, long length, long whole)
    {
        long cells = Math.Min(Feather, length / FeatherShare);
        for (int i = 0; i < cells; i++)
        {
            float part = (i + 1f) / cells;
            if (start != 0) weight.narrow(dimension, i, 1).mul_(part);
            if (start + length < whole) weight.narrow(dimension, length - 1 - i, 1).mul_(part);
        }
    }
}
