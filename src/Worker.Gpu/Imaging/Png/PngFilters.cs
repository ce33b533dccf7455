using System.Numerics;

namespace Farm.Worker.Imaging.Png;

/// <summary>PNG's five row filters (PNG third edition, 9.2): a sample is stored as its difference from a guess made of its neighbours.</summary>
internal static class PngFilters
{
    /// <summary>How many there are.</summary>
    public const int Count = 5;

    /// <summary>Undoes a row's filter in place; false for an unknown filter.</summary>
    /// <param name="filter">The row's filter byte.</param>
    /// <param name="row">The filtered row.</param>
    /// <param name="above">The row above, restored; zeros for the first.</param>
    /// <param name="distance">Bytes to the same sample of the pixel to the left.</param>
    public static bool Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                for (var i = distance; i < row.Length; i++) row[i] += row[i - distance];
                return true;
            case 2:
                for (var i = 0; i < row.Length; i++) row[i] += above[i];
                return true;
            case 3:
                for (var i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i < distance ? 0 : row[i - distance]) + above[i]) >> 1);
                return true;
            case 4:
                for (var i = 0; i < Math.Min(distance, row.Length); i++) row[i] += above[i];
                for (var i = distance; i < row.Length; i++) row[i] += Paeth(row[i - distance], above[i], above[i - distance]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Filters a row in every way and returns the filter whose result has the smallest sum of absolute values, the usual guess
    /// at what compresses best.
    /// </summary>
    /// <param name="row">The row, with <paramref name="distance"/> zero bytes before it.</param>
    /// <param name="above">The row above, alike.</param>
    /// <param name="distance">Bytes a pixel.</param>
    /// <param name="results">Room for <see cref="Count"/> rows; the chosen filter's is at its index.</param>
    public static int Choose(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int distance, byte[][] results)
    {
        int best = 0;
        long bestCost = long.MaxValue;
        var length = row.Length - distance;
        for (var filter = 0; filter < Count; filter++)
        {
            var result = results[filter].AsSpan(0, length);
            Apply(filter, row[distance..], row[..length], above[distance..], above[..length], result);
            var cost = Cost(result);
            if (cost < bestCost) (best, bestCost) = (filter, cost);
        }
        return best;
    }

    private static void Apply(
        int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> left, ReadOnlySpan<byte> above, ReadOnlySpan<byte> corner, Span<byte> result)
    {
        var i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector<byte> x = new(row[i..]), a = new(left[i..]), b = new(above[i..]);
            var guess = filter switch
            {
                0 => Vector<byte>.Zero,
                1 => a,
                2 => b,
                3 => (a & b) + ((a ^ b) >>> 1),
                _ => Paeth(a, b, new Vector<byte>(corner[i..])),
            };
            (x - guess).CopyTo(result[i..]);
        }
        for (; i < row.Length; i++)
        {
            var guess = filter switch
            {
                0 => 0,
                1 => left[i],
                2 => above[i],
                3 => (left[i] + above[i]) >> 1,
                _ => Paeth(left[i], above[i], corner[i]),
            };
            result[i] = (byte)(row[i] - guess);
        }
    }

    private static long Cost(ReadOnlySpan<byte> result)
    {
        long cost = 0;
        var i = 0;
        for (; i <= result.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var value = new Vector<byte>(result[i..]);
            Vector.Widen(Vector.Min(value, Vector<byte>.Zero - value), out var low, out var high);
            cost += Vector.Sum(low + high);
        }
        for (; i < result.Length; i++) cost += Math.Min(result[i], 256 - result[i]);
        return cost;
    }

    private static byte Paeth(int a, int b, int c)
    {
        int toA = Math.Abs(b - c), toB = Math.Abs(a - c), toC = Math.Abs(a + b - 2 * c);
        return (byte)(toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
    }

    private static Vector<byte> Paeth(Vector<byte> a, Vector<byte> b, Vector<byte> c)
    {
        Vector.Widen(a, out var aLow, out var aHigh);
        Vector.Widen(b, out var bLow, out var bHigh);
        Vector.Widen(c, out var cLow, out var cHigh);
        return Vector.Narrow(
            Paeth(aLow.As<ushort, short>(), bLow.As<ushort, short>(), cLow.As<ushort, short>()).As<short, ushort>(),
            Paeth(aHigh.As<ushort, short>(), bHigh.As<ushort, short>(), cHigh.As<ushort, short>()).As<short, ushort>());
    }

    private static Vector<short> Paeth(Vector<short> a, Vector<short> b, Vector<short> c)
    {
        Vector<short> toA = Vector.Abs(b - c), toB = Vector.Abs(a - c), toC = Vector.Abs(a + b - c - c);
        var takeA = Vector.LessThanOrEqual(toA, toB) & Vector.LessThanOrEqual(toA, toC);
        return Vector.ConditionalSelect(takeA, a, Vector.ConditionalSelect(Vector.LessThanOrEqual(toB, toC), b, c));
    }
}
