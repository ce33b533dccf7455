using System.Globalization;
using Farm.Engine.Generated;

namespace Farm.Benchmarks;

/// <summary>Where benchmarks keep their files and put their figures.</summary>
internal sealed class BenchmarkContext : IDisposable
{
    private readonly List<(string Benchmark, string Figure, string Value)> _rows = [];
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("farm-benchmarks-");

    /// <summary>A folder that goes with the run.</summary>
    public string Scratch => _scratch.FullName;

    /// <summary>A generated checkpoint, made at the first use and kept beside the program.</summary>
    public static string Checkpoint(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "bench-models", "checkpoints", name + ".safetensors");
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"making {path}");
            GeneratedCheckpoints.Write(name, path);
        }
        return path;
    }

    /// <summary>Whether every figure kept its bounds.</summary>
    public bool IsWithinBounds { get; private set; } = true;

    /// <summary>Adds a figure.</summary>
    /// <param name="benchmark">Whose.</param>
    /// <param name="figure">What it is.</param>
    /// <param name="value">The reading.</param>
    /// <param name="unit">Its unit; empty for a ratio.</param>
    /// <param name="most">What it must not exceed; null for no bound.</param>
    /// <param name="least">What it must reach; null for no bound.</param>
    public void Add(string benchmark, string figure, double value, string unit, double? most = null, double? least = null)
    {
        var bound = most is not null ? $" (at most {most})" : least is not null ? $" (at least {least})" : "";
        var isWithin = !(value > most) && !(value < least) && !double.IsNaN(value);
        IsWithinBounds &= isWithin;
        var text = $"{value.ToString(Math.Abs(value) < 10 ? "0.####" : "#,0.##", CultureInfo.InvariantCulture)} {unit}".TrimEnd() + (isWithin ? "" : ": missed");
        _rows.Add((benchmark, figure + bound, text));
        Console.Error.WriteLine($"{benchmark}: {figure}{bound}: {text}");
    }

    /// <summary>Adds the median and the 99th percentile of durations.</summary>
    public void AddLatencies(string benchmark, string figure, IEnumerable<TimeSpan> durations)
    {
        double[] sorted = [.. durations.Select(duration => duration.TotalMilliseconds).Order()];
        Add(benchmark, $"{figure}, p50", sorted[sorted.Length / 2], "ms");
        Add(benchmark, $"{figure}, p99", sorted[(int)(0.99 * sorted.Length)], "ms");
    }

    /// <summary>Prints all figures as a table.</summary>
    public void Print()
    {
        Console.WriteLine("| benchmark | figure | value |");
        Console.WriteLine("|---|---|---|");
        foreach (var (benchmark, figure, value) in _rows)
            Console.WriteLine($"| {benchmark} | {figure} | {value} |");
    }

    public void Dispose() => _scratch.Delete(recursive: true);
}
