using System.Text.Json;
using System.Text.RegularExpressions;

namespace Farm.EndToEnd.Watching;

/// <summary>The dashboards and alert rules that the farm comes with.</summary>
internal static partial class Monitoring
{
    /// <summary>A file of them.</summary>
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "monitoring", name);

    /// <summary>The expressions of all panels, each with its dashboard and title; variables stand for all there is, ranges are a minute.</summary>
    public static IReadOnlyList<(string Panel, string Expression)> Panels() =>
    [
        .. from file in Directory.EnumerateFiles(PathOf("dashboards"), "*.json").Order(StringComparer.Ordinal)
           from panel in JsonElement.Parse(File.ReadAllText(file)).GetProperty("panels").EnumerateArray()
           from target in panel.GetProperty("targets").EnumerateArray()
           select ($"{Path.GetFileName(file)}: {panel.GetProperty("title").GetString()}", Filled(target.GetProperty("expr").GetString()!)),
    ];

    /// <summary>The alert rules, which fire a second after what they see instead of minutes.</summary>
    public static string HastyRules() => Duration().Replace(File.ReadAllText(PathOf("alerts.yaml")), "for: 1s");

    /// <summary>
    /// The alerts, each with what it measures: the part of its expression that stands before the first comparison, without what stands in for it where there
    /// is none.
    /// </summary>
    public static IReadOnlyList<(string Alert, string Measured)> Alerts()
    {
        var rules = File.ReadAllText(PathOf("alerts.yaml"));
        return [.. Rule().Matches(rules).Select(r => (r.Groups["name"].Value, Measured(r.Groups["expr"].Value)))];
    }

    private static string Measured(string expression)
    {
        var left = Comparison().Split(expression)[0].Replace(" or vector(0)", "", StringComparison.Ordinal);
        return Absence().Match(left) is { Success: true } absence ? absence.Groups["what"].Value : left;
    }

    private static string Filled(string expression) => Variable().Replace(expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal), ".*");

    [GeneratedRegex(@"- alert: (?<name>\w+)\s+(?:#.*\s+)?expr: (?<expr>.+)", RegexOptions.None, 2000)]
    private static partial Regex Rule();

    [GeneratedRegex(" (?:>|<|==) ", RegexOptions.None, 2000)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^absent\((?<what>.+)\)$", RegexOptions.None, 2000)]
    private static partial Regex Absence();

    [GeneratedRegex(@"for: \d+m", RegexOptions.None, 2000)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\$\w+", RegexOptions.None, 2000)]
    private static partial Regex Variable();
}
