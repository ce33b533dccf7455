using System.CommandLine;
using System.Globalization;

namespace Farm.Stress.Fairness;

/// <summary><c>fairness</c>: a tenant with ten prompts behind another's ten thousand, on two workers that both share.</summary>
internal static class FairnessScenario
{
    private const int Crowd = 10_000, Few = 10, Milliseconds = 200, Tenants = 2;

    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["Farm__Tenants__TrustHeader"] = "true",
        // A tenant that comes new would have its ten prompts in advance.
        ["Farm__Tenants__Burst"] = "00:00:00",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Repeats(), StressCommand.Long(), StressCommand.Keep());
        var command = new Command("fairness", "Measures ten prompts of a tenant alone, and behind ten thousand of another.") { minutes, isLong, keep };
        command.SetAction((parsed, _) =>
            StressCommand.RunAsync(new FarmSize(1, 1, 2), parsed.GetValue(minutes), parsed.GetValue(isLong), parsed.GetValue(keep), RunAsync, Options, repeats: true));
        return command;
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants)
    {
        using var crowd = new TenantClient(farm.Addresses[0], "a");
        using var few = new TenantClient(farm.Addresses[0], "b");
        // The first run teaches the scheduler how long they take.
        await few.RunAsync(Few, Milliseconds);
        var alone = await few.RunAsync(Few, Milliseconds);
        // Alone it has all workers, its share is one of as many parts as there are tenants.
        var onItsShare = alone * Tenants;
        await crowd.SubmitAsync(Crowd, Milliseconds);
        var behind = await few.RunAsync(Few, Milliseconds);
        var left = await crowd.CountAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Few} prompts of {Milliseconds} ms: {alone.TotalSeconds:F2} s alone on all workers, {onItsShare.TotalSeconds:F2} s on the share, {behind.TotalSeconds:F2} s behind {Crowd} of another tenant, of which {left} were left"));
        invariants.Check("the few are done within twice the time on their share", behind <= 2 * onItsShare, () => $"{behind} against {onItsShare}");
        invariants.Check("the crowd was still there", left > Crowd / 2, () => $"{left}");
        await crowd.ClearAsync();
        invariants.Check("a tenant's clear is its own", await crowd.CountAsync() <= farm.Workers.Count && await few.CountAsync() == 0, () => "prompts are left");
    }
}
