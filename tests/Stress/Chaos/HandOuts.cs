using System.Globalization;
using System.Text.RegularExpressions;

namespace Farm.Stress.Chaos;

/// <summary>A prompt handed to a worker.</summary>
/// <param name="Scheduler">Which of the schedulers that there were did it: a silo's name and a number.</param>
/// <param name="Order">Counts the hand-outs of that scheduler.</param>
/// <param name="Time">When, in milliseconds since 1970.</param>
/// <param name="RunId">Key of the prompt's grain.</param>
internal sealed record HandOut(string Scheduler, long Order, long Time, Guid RunId);

/// <summary>What the schedulers handed out, as the silos' logs tell it. A silo that is killed takes its last lines with it.</summary>
internal static partial class HandOuts
{
    /// <summary>The option by which the schedulers log them: a scenario that is audited needs it.</summary>
    public static readonly KeyValuePair<string, string> Logged = new("Logging__LogLevel__Farm.Grains.Scheduling.SchedulerGrain", "Debug");

    /// <summary>All, in order. Those of a scheduler after the next one's first are not among them: its silo was held for dead by then.</summary>
    public static IReadOnlyList<HandOut> Read(IEnumerable<string> logs)
    {
        var all = logs.SelectMany(ReadOne).ToLookup(handOut => handOut.Scheduler, StringComparer.Ordinal);
        var terms = all.Select(term => (First: term.Min(handOut => handOut.Time), HandOuts: term)).OrderBy(term => term.First).ToArray();
        return
        [
            .. terms.SelectMany((term, i) => term.HandOuts.Where(handOut => i + 1 == terms.Length || handOut.Time < terms[i + 1].First).OrderBy(handOut => handOut.Order)),
        ];
    }

    private static IEnumerable<HandOut> ReadOne(string log)
    {
        var scheduler = 0;
        foreach (var line in File.ReadLines(log))
        {
            if (line.Contains("The scheduler has read", StringComparison.Ordinal))
                scheduler++;
            if (Line().Match(line) is { Success: true } found)
            {
                yield return new HandOut(
                    string.Create(CultureInfo.InvariantCulture, $"{log} {scheduler}"), long.Parse(found.Groups["order"].ValueSpan, CultureInfo.InvariantCulture),
                    long.Parse(found.Groups["time"].ValueSpan, CultureInfo.InvariantCulture), Guid.Parse(found.Groups["run"].ValueSpan));
            }
        }
    }

    [GeneratedRegex(@"Hand-out (?<order>\d+) at (?<time>\d+): prompt (?<run>[0-9a-f-]{36}) ", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Line();
}
