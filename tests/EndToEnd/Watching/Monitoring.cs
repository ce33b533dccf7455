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

    /// <summary>The alerts, each with the part of its expression that stands before the first comparison.</summary>
    public static IReadOnlyList<(string Alert, string Measured)> Alerts()
    {
        var rules = File.ReadAllText(PathOf("alerts.yaml"));
        return [.. Rule().Matches(rules).Select(r => (r.Groups["name"].Value, Comparison().Split(r.Groups["expr"].Value)[0]))];
    }

    private static string Filled(string expression) => Variable().Replace(expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal), ".*");

    [GeneratedRegex(@"- alert: (?<name>\w+)\s+expr: (?<expr>.+)", RegexOptions.None, 2000)]
    private static partial Regex Rule();

    [GeneratedRegex(" (?:>|<|==) ", RegexOptions.None, 2000)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\$\w+", RegexOptions.None, 2000)]
    private static partial Regex Variable();
}
