using System.CommandLine;

namespace Farm.Stress;

/// <summary>What the scenarios' commands have in common.</summary>
internal static class StressCommand
{
    private const double ShortMinutes = 5;

    /// <summary>How long the scenario does harm.</summary>
    public static Option<double> Minutes(double usual) => new("--minutes")
    {
        Description = $"Minutes of harm; more than {ShortMinutes} only with --long.", DefaultValueFactory = _ => usual,
    };

    /// <summary>How long a scenario of fixed length is repeated.</summary>
    public static Option<double> Repeats() => new("--minutes")
    {
        Description = $"Begins again, in another farm, until so many minutes are over or something is violated; once by default. More than {ShortMinutes} only with --long.",
    };

    /// <summary>Confirms a long run.</summary>
    public static Option<bool> Long() => new("--long") { Description = "Allows what runs longer than 5 minutes." };

    /// <summary>Keeps the logs.</summary>
    public static Option<bool> Keep() => new("--keep") { Description = "Keeps the processes' logs and files also when nothing is violated." };

    /// <summary>Runs a scenario in a farm of its own, which is gone afterwards; prints the invariants.</summary>
    public static async Task<int> RunAsync(
        FarmSize size, double minutes, bool isLong, bool keep, Func<StressFarm, Invariants, Task> scenario, IReadOnlyDictionary<string, string>? options = null, bool repeats = false,
        params string[] settings)
    {
        if (minutes > ShortMinutes && !isLong)
        {
            await Console.Error.WriteLineAsync($"--minutes {minutes} is more than {ShortMinutes}: say --long.");
            return 2;
        }
        var invariants = new Invariants();
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            await using var farm = await StressFarm.StartAsync(size, options, settings);
            await scenario(farm, invariants);
            farm.KeepsFiles = keep || invariants.AreViolated;
        }
        while (repeats && !invariants.AreViolated && TimeProvider.System.GetElapsedTime(start).TotalMinutes < minutes);
        return invariants.Print();
    }
}
