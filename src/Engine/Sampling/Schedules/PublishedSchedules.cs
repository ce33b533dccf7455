using System.Globalization;

namespace Farm.Engine.Sampling;

/// <summary>
/// Noise levels that papers publish as tables: Align Your Steps (arXiv 2404.14507), GITS (arXiv 2405.11326) and Optimal Steps (arXiv 2503.21774).
/// Other counts of steps are interpolated, linear in ln σ.
/// </summary>
public static class PublishedSchedules
{
    private const int MostGitsSteps = 20;

    private static readonly Lazy<IReadOnlyDictionary<string, float[]>> Tables = new(Read);

    /// <summary>Align Your Steps for <c>SD1</c>, <c>SDXL</c> or <c>SVD</c>.</summary>
    /// <param name="family">The family.</param>
    /// <param name="steps">Steps of the whole walk, at least 1.</param>
    /// <param name="denoise">Share of the walk that is walked; 0 or less gives no levels.</param>
    /// <exception cref="ArgumentException">There is no table for the family.</exception>
    public static float[] AlignYourSteps(string family, int steps, double denoise) => Walk(Table($"align_your_steps/{family}"), steps, denoise);

    /// <summary>Optimal Steps for <c>FLUX</c>, <c>Wan</c> or <c>Chroma</c>; parameters as for <see cref="AlignYourSteps"/>.</summary>
    /// <exception cref="ArgumentException">There is no table for the family.</exception>
    public static float[] OptimalSteps(string family, int steps, double denoise) => Walk(Table($"optimal_steps/{family}"), steps, denoise);

    /// <summary>GITS.</summary>
    /// <param name="coefficient">0.80 to 1.50 in steps of 0.05; rounded to two decimals.</param>
    /// <param name="steps">Steps of the whole walk, at least 2.</param>
    /// <param name="denoise">Share of the walk that is walked; 0 or less gives no levels.</param>
    /// <exception cref="ArgumentException">There is no table for the coefficient or for so few steps.</exception>
    public static float[] Gits(double coefficient, int steps, double denoise) =>
        Walk(Table(string.Create(CultureInfo.InvariantCulture, $"gits/{coefficient:F2}/{Math.Min(steps, MostGitsSteps)}")), steps, denoise);

    private static float[] Walk(float[] table, int steps, double denoise)
    {
        if (denoise <= 0) return [];
        var walked = denoise < 1 ? (int)Math.Round(steps * denoise) : steps;
        var levels = table.Length == steps + 1 ? [.. table] : Interpolate(table, steps + 1);
        var kept = levels[Math.Max(0, levels.Length - walked - 1)..];
        kept[^1] = 0;
        return kept;
    }

    private static float[] Interpolate(float[] table, int count)
    {
        var levels = new float[count];
        for (var i = 0; i < count; i++)
        {
            var place = (double)i * (table.Length - 1) / (count - 1);
            var low = Math.Min((int)place, table.Length - 2);
            var (from, to) = (Math.Log(table[low]), Math.Log(table[low + 1]));
            levels[i] = (float)Math.Exp(from + (to - from) * (place - low));
        }

        return levels;
    }

    private static float[] Table(string key) => Tables.Value.TryGetValue(key, out var table)
        ? table
        : throw new ArgumentException($"There is no published table {key}.", nameof(key));

    private static Dictionary<string, float[]> Read()
    {
        using var stream = typeof(PublishedSchedules).Assembly.GetManifestResourceStream("Farm.Engine.Sampling.published-sigmas.txt")!;
        using var reader = new StreamReader(stream);
        Dictionary<string, float[]> tables = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            tables.Add(words[0], [.. words[1..].Select(word => float.Parse(word, CultureInfo.InvariantCulture))]);
        }

        return tables;
    }
}
