namespace Farm.Engine.Sampling;

/// <summary>Table entries at the quantiles of a Beta distribution: dense at both ends (arXiv 2407.12173).</summary>
public static class BetaSchedule
{
    /// <summary>Levels at evenly spaced probabilities, each entry once, then 0; may give fewer steps than asked.</summary>
    public static float[] Create(SigmaTable table, int steps, double alpha = 0.6, double beta = 0.6)
    {
        int last = table.Sigmas.Count - 1;
        var entries = Enumerable.Range(0, steps).Select(i => (int)Math.Round(Quantile(1 - i / (double)steps, alpha, beta) * last));
        List<int> kept = [];
        foreach (int entry in entries)
            if (kept.Count == 0 || kept[^1] != entry) kept.Add(entry);
        return [.. kept.Select(entry => table.Sigmas[entry]), 0];
    }

    /// <summary>The x at which the regularised incomplete beta function is <paramref name="probability"/>, by bisection.</summary>
    internal static double Quantile(double probability, double alpha, double beta)
    {
        if (probability <= 0) return 0;
        if (probability >= 1) return 1;
        double low = 0, high = 1;
        for (int i = 0; i < 100; i++)
        {
            double middle = (low + high) / 2;
            if (Cumulative(middle, alpha, beta) < probability) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8).</summary>
    internal static double Cumulative(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - Cumulative(1 - x, b, a);
        double front = Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) - LogBeta(a, b)) / a;
        return front * Fraction(x, a, b);
    }

    private static double Fraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1, d = 1 - (a + b) * x / (a + 1);
        d = 1 / (Math.Abs(d) < tiny ? tiny : d);
        double result = d;
        for (int m = 1; m < 300; m++)
        {
            result *= Term(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
            double factor = Term(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
            result *= factor;
            if (Math.Abs(factor - 1) < 1e-15) break;
        }

        return result;

        double Term(double coefficient)
        {
            d = 1 + coefficient * d;
            c = 1 + coefficient / c;
            d = 1 / (Math.Abs(d) < tiny ? tiny : d);
            c = Math.Abs(c) < tiny ? tiny : c;
            return d * c;
        }
    }

    private static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    /// <summary>Stirling's series for ln Γ after raising the argument above 10, good to 1e-15.</summary>
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++) shift -= Math.Log(x);
        double inverse = 1 / x, square = inverse * inverse;
        double series = inverse * (1 / 12d - square * (1 / 360d - square * (1 / 1260d - square * (1 / 1680d - square / 1188d))));
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series;
    }
}
