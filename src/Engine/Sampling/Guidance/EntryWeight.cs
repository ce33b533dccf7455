using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>How much an entry counts at each cell of its area.</summary>
internal static class EntryWeight
{
    private const int Feather = 8; // latent cells over which an area without a mask fades in

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
        long height = x.shape[^2], width = x.shape[^1];
        for (int i = 0; i < Feather; i++)
        {
            float part = (i + 1f) / Feather;
            if (area.Y != 0 && i < area.Height) weight.narrow(-2, i, 1).mul_(part);
            if (area.Y + area.Height < height && i < area.Height) weight.narrow(-2, area.Height - 1 - i, 1).mul_(part);
            if (area.X != 0 && i < area.Width) weight.narrow(-1, i, 1).mul_(part);
            if (area.X + area.Width < width && i < area.Width) weight.narrow(-1, area.Width - 1 - i, 1).mul_(part);
        }
    }
}
