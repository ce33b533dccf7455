using System.Globalization;

namespace Farm.Stress.Scale;

/// <summary>What the farm has spent since its processes began.</summary>
/// <param name="Silo">Processor time of the silo.</param>
/// <param name="Database">Processor time of all of PostgreSQL's processes.</param>
/// <param name="Workers">Processor time of this process, in which the workers are.</param>
/// <param name="Commits">Transactions that the silo has committed.</param>
/// <param name="Writes">Writes that shared them.</param>
/// <param name="Collecting">Time for which the silo stood still to collect garbage.</param>
internal sealed record Costs(TimeSpan Silo, TimeSpan Database, TimeSpan Workers, double Commits, double Writes, TimeSpan Collecting)
{
    /// <summary>As it stands now.</summary>
    public static async Task<Costs> ReadAsync(StressFarm farm)
    {
        var silo = farm.Silos[0];
        using var http = new HttpClient { BaseAddress = silo.Management };
        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return new Costs(
            silo.ProcessorTime(), farm.Postgres.ProcessorTime(), Environment.CpuUsage.TotalTime, Sum(metrics, "farm_persistence_commits_total"), Sum(metrics, "farm_persistence_commit_writes_sum"),
            TimeSpan.FromSeconds(Sum(metrics, "dotnet_gc_pause_time_seconds_total")));
    }

    /// <summary>Says what so many hand-outs have cost since an earlier reading.</summary>
    public void Say(Costs before, long handOuts, TimeSpan time)
    {
        var (silo, database, workers) = (Each(Silo - before.Silo), Each(Database - before.Database), Each(Workers - before.Workers));
        var commits = Commits - before.Commits;
        Print($"processor time a hand-out: silo {silo:F3} ms, PostgreSQL {database:F3} ms, workers and tool {workers:F3} ms; together {silo + database + workers:F3} ms");
        Print($"{commits / time.TotalSeconds:F0} commits/s of {(Writes - before.Writes) / commits:F1} writes each; the silo collected garbage for {(Collecting - before.Collecting) / time:P1} of the time");

        double Each(TimeSpan spent) => spent.TotalMilliseconds / handOuts;
    }

    /// <summary>The sum of a metric's lines in Prometheus' text, whatever their labels.</summary>
    private static double Sum(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' ')
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
