using static TorchSharp.torch;

namespace Farm.Engine.Models;

/// <summary>Runs work over overlapping tiles of [B, C, H, W] and blends them, each fading at its edges.</summary>
internal static class Tiles
{
    /// <summary>The blended result, fp32 on the CPU.</summary>
    /// <param name="input">What is cut.</param>
    /// <param name="tileHeight">Height of a tile.</param>
    /// <param name="tileWidth">Width of a tile.</param>
    /// <param name="overlap">By how much neighbours overlap.</param>
    /// <param name="scale">Sides of the result to those of the input.</param>
    /// <param name="work">What is done with a tile; its result is of the scaled size.</param>
    public static Tensor Run(Tensor input, long tileHeight, long tileWidth, long overlap, double scale, Func<Tensor, Tensor> work)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (input.shape[2], input.shape[3]);
        if (height <= tileHeight && width <= tileWidth) return work(input).to(ScalarType.Float32, CPU).MoveToOuterDisposeScope();
        Tensor? sum = null, weight = null;
        foreach (var y in Starts(height, tileHeight, overlap))
        {
            foreach (var x in Starts(width, tileWidth, overlap))
            {
                using var tile = NewDisposeScope();
                var piece = input.narrow(2, y, Math.Min(tileHeight, height - y)).narrow(3, x, Math.Min(tileWidth, width - x));
                var result = work(piece).to(ScalarType.Float32, CPU);
                sum ??= Zeros(result, height, width, scale);
                weight ??= zeros_like(sum).MoveToOuterDisposeScope();
                var mask = Mask(result, Round(overlap * scale));
                Part(sum, result, y, x, scale).add_(result * mask);
                Part(weight, result, y, x, scale).add_(mask);
            }
        }
        return (sum! / weight!).MoveToOuterDisposeScope();
    }

    private static Tensor Zeros(Tensor result, long height, long width, double scale) =>
        zeros(result.shape[0], result.shape[1], Round(height * scale), Round(width * scale)).MoveToOuterDisposeScope();

    private static Tensor Part(Tensor whole, Tensor piece, long y, long x, double scale) =>
        whole.narrow(2, Round(y * scale), piece.shape[2]).narrow(3, Round(x * scale), piece.shape[3]);

    private static IEnumerable<long> Starts(long side, long tile, long overlap)
    {
        if (side <= tile) return [0];
        return Enumerable.Range(0, int.MaxValue).Select(i => i * (tile - overlap)).TakeWhile(start => start < side - overlap).Select(start => Math.Max(0, Math.Min(side - overlap, start)));
    }

    private static Tensor Mask(Tensor result, long feather)
    {
        var mask = ones_like(result);
        for (var i = 0; i < feather; i++)
        {
            var part = (i + 1f) / feather;
            foreach (var dimension in (int[])[2, 3])
            {
                if (feather >= mask.shape[dimension]) continue;
                mask.narrow(dimension, i, 1).mul_(part);
                mask.narrow(dimension, mask.shape[dimension] - 1 - i, 1).mul_(part);
            }
        }
        return mask;
    }

    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.ToEven);
}
