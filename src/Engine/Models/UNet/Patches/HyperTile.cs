using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>
/// HyperTile (tfernd/HyperTile): large self attentions are cut into tiles. As in ComfyUI the height stands for the width and the other way round, and
/// keys and values are not tiled but cut into runs.
/// </summary>
public static class HyperTile
{
    private const int PixelsPerCell = 8;
    private const int LeastTile = 32;

    /// <summary>The model with the patch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tileSize">Least side of a tile in pixels.</param>
    /// <param name="swapSize">How many tile sizes a draw may choose from.</param>
    /// <param name="maxDepth">Levels down that are tiled; 0 is the first alone.</param>
    /// <param name="scaleDepth">Larger tiles further down.</param>
    public static DiffusionModel WithHyperTile(this DiffusionModel model, int tileSize, int swapSize, int maxDepth, bool scaleDepth)
    {
        var least = Math.Max(LeastTile, tileSize) / PixelsPerCell;
        AttentionPatch patch = (place, q, k, v, inner) =>
        {
            var depth = Enumerable.Range(0, maxDepth + 1).FirstOrDefault(level => q.shape[1] == place.Height * place.Width / (1L << (2 * level)), -1);
            if (depth < 0) return inner(q, k, v);
            double tokens = q.shape[1], ratio = (double)place.Width / place.Height;
            var rows = (long)Math.Round(Math.Sqrt(tokens * ratio), MidpointRounding.ToEven);
            var columns = (long)Math.Round(Math.Sqrt(tokens / ratio), MidpointRounding.ToEven);
            var side = least * (scaleDepth ? 1L << depth : 1);
            var down = Tiles(rows, side, swapSize, place.Inputs.Random);
            var across = Tiles(columns, side, swapSize, place.Inputs.Random);
            return down * across > 1 && rows * columns == q.shape[1] ? Tiled(q, k, v, inner, rows, columns, down, across) : inner(q, k, v);
        };
        return model with { Patches = model.Patches with { SelfAttention = [.. model.Patches.SelfAttention, patch] } };
    }

    private static Tensor Tiled(Tensor q, Tensor k, Tensor v, AttentionCore inner, long rows, long columns, long down, long across)
    {
        long batch = q.shape[0], width = q.shape[2], tiles = down * across, tokens = q.shape[1] / tiles;
        var cut = q.reshape(batch, down, rows / down, across, columns / across, width).permute(0, 1, 3, 2, 4, 5).reshape(batch * tiles, tokens, width);
        var result = inner(cut, k.reshape(batch * tiles, -1, k.shape[2]), v.reshape(batch * tiles, -1, v.shape[2]));
        return result.reshape(batch, down, across, rows / down, columns / across, width).permute(0, 1, 3, 2, 4, 5).reshape(q.shape);
    }

    /// <summary>Into how many tiles a side is cut: one of the first counts whose tiles are large enough, by a draw that never gives the last.</summary>
    private static long Tiles(long side, long least, int swapSize, Generator? random)
    {
        var from = Math.Min(least, side);
        var counts = new List<long>();
        for (var divisor = from; divisor <= side && counts.Count < swapSize; divisor++)
        {
            if (side % divisor == 0) counts.Add(side / divisor);
        }
        if (counts.Count <= 1) return counts.Count == 0 ? 1 : counts[0];
        using var drawn = randint(0, counts.Count - 1, [1], generator: random);
        return counts[(int)drawn.item<long>()];
    }
}
