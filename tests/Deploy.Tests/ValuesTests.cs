using System.Text.Json;
using System.Text.RegularExpressions;
using Farm.Deploy.Tests.Charts;
using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The chart's README has a line for every value that the schema knows, and for no other.</summary>
public sealed partial class ValuesTests
{
    [Fact]
    public void Values_OfTheSchema_AreThoseOfTheReadme()
    {
        var schema = JsonElement.Parse(File.ReadAllText(Path.Combine(Chart.Folder, "values.schema.json")));
        // What helm itself puts beside a chart's values.
        var known = Leaves(schema, "").Where(name => name != "global").Order(StringComparer.Ordinal);
        Assert.Equal(known, Documented().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Leaves(JsonElement schema, string path)
    {
        // Requests and limits are Kubernetes' own.
        if (path.EndsWith("resources", StringComparison.Ordinal)) return [path];
        if (schema.TryGetProperty("items", out var items) && items.TryGetProperty("properties", out _)) return Leaves(items, path + "[]");
        return schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}"))
            : [path];
    }

    /// <summary>The names in the tables' first columns; one that begins with a dot stands beside the one before it.</summary>
    private static IEnumerable<string> Documented()
    {
        foreach (var row in File.ReadLines(Path.Combine(Chart.Folder, "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var last = "";
            foreach (Match name in Name().Matches(row.Split('|')[1]))
                yield return last = name.Value[0] == '.' ? last[..last.LastIndexOf('.')] + name.Value : name.Value;
        }
    }

    [GeneratedRegex("(?<=`)[^`, ]+(?=`)", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Name();
}
