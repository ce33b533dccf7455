using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A Brownian path over noise levels that gives the same increments whatever the order and fineness of the questions: a virtual
/// Brownian tree (arXiv 2001.01328) with torchsde's splitting rule, seeds and six-decimal grid. Drawn on the CPU.</summary>
internal sealed class BrownianTree
{
    private const double Grid = 1e6;
    private const int PoolSize = 24;

    private readonly long[] _shape;
    private readonly Device _device;
    private readonly ulong _entropy;
    private readonly double _start;
    private readonly double _end;

    /// <param name="shape">The shape of an increment.</param>
    /// <param name="device">Where increments are handed out.</param>
    /// <param name="entropy">The run's seed.</param>
    /// <param name="start">The least noise level that is asked for.</param>
    /// <param name="end">The highest.</param>
    public BrownianTree(long[] shape, Device device, ulong entropy, double start, double end)
    {
        _shape = shape;
        _device = device;
        _entropy = entropy;
        _start = Round(start);
        _end = Round(end);
    }

    /// <summary>The increment from one noise level to another, scaled to unit variance.</summary>
    public Tensor Normalised(float from, float to)
    {
        var (low, high) = from < to ? (from, to) : (to, from);
        double a = Math.Clamp(Round(low), _start, _end), b = Math.Clamp(Round(high), _start, _end);
        using var scope = NewDisposeScope();
        var pieces = new List<Tensor>();
        if (a < b) Collect(new Node(_start, _end, 0, 0), Root(), a, b, pieces);
        var sum = pieces.Count == 0 ? zeros(_shape) : pieces[0];
        foreach (var piece in pieces.Skip(1)) sum += piece;
        var scaled = sum * (from < to ? 1 : -1) / MathF.Sqrt(MathF.Abs(to - from));
        return scaled.to(_device).MoveToOuterDisposeScope();
    }

    private Tensor Root()
    {
        uint seed = new SeedSequence(_entropy, [], PoolSize).FirstWord();
        return Normal(seed) * Math.Sqrt(_end - _start);
    }

    private void Collect(Node node, Tensor increment, double a, double b, List<Tensor> pieces)
    {
        if (a == node.Start && b == node.End)
        {
            pieces.Add(increment);
            return;
        }

        double middle = Round(0.5 * (node.End + node.Start)), left = middle - node.Start, right = node.End - middle;
        double reciprocal = 1 / (node.End - node.Start);
        uint seed = new SeedSequence(_entropy, [node.Key, node.Depth], PoolSize).FirstWord();
        var first = increment * (left * reciprocal) + Normal(seed) * Math.Sqrt(left * right * reciprocal);
        if (a < middle) Collect(new Node(node.Start, middle, 2 * node.Key, node.Depth + 1), first, a, Math.Min(b, middle), pieces);
        if (b > middle) Collect(new Node(middle, node.End, 2 * node.Key + 1, node.Depth + 1), increment - first, Math.Max(a, middle), b, pieces);
    }

    private Tensor Normal(uint seed)
    {
        using var generator = new Generator(seed);
        return randn(_shape, generator: generator);
    }

    /// <summary>To the grid by the exact decimal value, ties to even; Math.Round would see a tie wherever the scaled value rounds to one.</summary>
    private static double Round(double value)
    {
        double scaled = value * Grid, rest = Math.FusedMultiplyAdd(value, Grid, -scaled), whole = Math.Floor(scaled);
        double above = scaled - whole - 0.5 + rest;
        if (above > 0 || (above == 0 && whole % 2 != 0)) whole++;
        return whole / Grid;
    }

    private readonly record struct Node(double Start, double End, ulong Key, ulong Depth);
}
