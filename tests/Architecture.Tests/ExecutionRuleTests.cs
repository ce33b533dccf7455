using System.Text.RegularExpressions;
using Xunit;

namespace Farm.Architecture.Tests;

/// <summary>
/// Every rule of execution has a test named after it, every observation of ComfyUI's own tests one that makes it over HTTP and a socket. The
/// lists say what is not imitated, and why.
/// </summary>
public sealed partial class ExecutionRuleTests
{
    private const string Differs = " | differs: ";

    private static readonly Lazy<IReadOnlyList<string>> Sources = new(() =>
        [.. Repository.Sources("tests").Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)]);

    [Fact]
    public void Rules_Listed_HaveATestNamedAfterThem()
    {
        var rules = Numbers().ToList();

        Assert.Equal(rules.Distinct(StringComparer.Ordinal), rules);
        Assert.Empty(rules.Except(Matches(RuleName()), StringComparer.Ordinal));
    }

    [Fact]
    public void Tests_NamedOrMarkedByRules_NameListedOnes() =>
        Assert.Empty(Matches(RuleName()).Concat(Matches(RuleTrait())).Except(Numbers(), StringComparer.Ordinal));

    [Fact]
    public void Rules_NotImitated_SayWhatIsDoneInstead() => Assert.All(
        Lines("execution-rules.txt").Where(line => line.Contains('|', StringComparison.Ordinal)),
        line => Assert.True(line.Split(Differs) is [_, { Length: > 20 }], line));

    [Fact]
    public void Observations_Listed_HaveTheirTests()
    {
        var methods = Repository.Sources("tests/EndToEnd/ExecutionRules").SelectMany(path => TestMethod().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Lines("observed-tests.txt").Select(line => line.Split(": ")[^1]).Except(methods, StringComparer.Ordinal));
    }

    private static IEnumerable<string> Numbers() => Lines("execution-rules.txt").Select(line => line.Split(' ')[0]);

    private static HashSet<string> Matches(Regex rule) =>
        [.. Sources.Value.SelectMany(text => rule.Matches(text)).Select(match => match.Groups["rule"].Value.Replace('_', '.'))];

    private static IEnumerable<string> Lines(string list) =>
        File.ReadLines(Path.Combine(Repository.Root, "tests/Architecture.Tests/Rules", list)).Where(line => line.Length > 0 && line[0] != '#');

    // A test, its attributes between the first one and its head.
    [GeneratedRegex(@"^    \[(Fact|Theory)\b.*\n(    \[.*\n|     .*\n)*    public (async )?(Task|void) Rule(?<rule>[0-9]+(_[0-9]+)?)_", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RuleName();

    [GeneratedRegex(@"^    \[Trait\(""Rule"", ""(?<rule>[0-9.]+)""\)\]$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RuleTrait();

    [GeneratedRegex(@"^    \[(Fact|Theory)\b.*\n(    \[.*\n|     .*\n)*    public (async )?(Task|void) (?<name>\w+)\(", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TestMethod();
}
