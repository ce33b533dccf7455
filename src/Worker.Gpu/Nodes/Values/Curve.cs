namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as CURVE: a line through points, level beyond the first and the last, 0 without points.</summary>
internal sealed class Curve
{
    /// <summary>The circle that slopes must stay in so that a cubic never turns back, its radius squared.</summary>
    private const double MonotoneRadiusSquare = 9;

    private readonly double[] _slopes;

    /// <summary>Draws a curve.</summary>
    /// <param name="points">In any order; points of one x keep theirs.</param>
    /// <param name="isLinear">Straight from point to point, instead of monotone cubic.</param>
    public Curve(IEnumerable<(double X, double Y)> points, bool isLinear)
    {
        Points = [.. points.OrderBy(point => point.X)];
        IsLinear = isLinear;
        _slopes = isLinear || Points.Count < 2 ? [] : MonotoneSlopes(Points);
    }

    /// <summary>By x.</summary>
    public IReadOnlyList<(double X, double Y)> Points { get; }

    /// <summary>Straight from point to point.</summary>
    public bool IsLinear { get; }

    /// <summary>The height at a place.</summary>
    public double At(double x)
    {
        if (Points.Count == 0) return 0;
        if (Points.Count == 1 || x <= Points[0].X) return Points[0].Y;
        if (x >= Points[^1].X) return Points[^1].Y;
        var i = 0;
        while (Points[i + 1].X <= x) i++;
        var (from, to) = (Points[i], Points[i + 1]);
        var width = to.X - from.X;
        var t = (x - from.X) / width;
        if (IsLinear) return from.Y + t * (to.Y - from.Y);
        double t2 = t * t, t3 = t2 * t;
        return (2 * t3 - 3 * t2 + 1) * from.Y + (t3 - 2 * t2 + t) * width * _slopes[i]
            + (3 * t2 - 2 * t3) * to.Y + (t3 - t2) * width * _slopes[i + 1];
    }

    /// <summary>Slopes of a monotone cubic at its points (Fritsch and Carlson, 1980).</summary>
    private static double[] MonotoneSlopes(IReadOnlyList<(double X, double Y)> points)
    {
        var steps = points.Zip(points.Skip(1), (from, to) => to.X == from.X ? 0 : (to.Y - from.Y) / (to.X - from.X)).ToArray();
        var slopes = new double[points.Count];
        (slopes[0], slopes[^1]) = (steps[0], steps[^1]);
        for (var i = 1; i < steps.Length; i++) slopes[i] = steps[i - 1] * steps[i] <= 0 ? 0 : (steps[i - 1] + steps[i]) / 2;
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] == 0)
            {
                slopes[i] = slopes[i + 1] = 0;
                continue;
            }
            double first = slopes[i] / steps[i], second = slopes[i + 1] / steps[i], square = first * first + second * second;
            if (square <= MonotoneRadiusSquare) continue;
            var scale = 3 / Math.Sqrt(square);
            (slopes[i], slopes[i + 1]) = (scale * first * steps[i], scale * second * steps[i]);
        }
        return slopes;
    }
}
