using System.Text;
using System.Text.RegularExpressions;

namespace Farm.OptionsCatalog;

/// <summary>
/// The document: text by hand, and tables of options between <c>&lt;!-- options SECTION --&gt;</c>, where several sections may stand, and
/// <c>&lt;!-- end of options --&gt;</c>.
/// </summary>
internal static partial class ConfigurationDocument
{
    /// <summary>Where it stands in the repository.</summary>
    public const string Path = "docs/configuration.md";

    /// <summary>The text with its tables written anew, and what has no place or no section.</summary>
    public static (string Text, IReadOnlyList<string> Problems) Write(string current, OptionCatalog catalog)
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var problems = new List<string>();
        var text = Tables().Replace(current, match =>
        {
            var options = new List<Option>();
            foreach (var section in match.Groups["sections"].Value.Split(' '))
            {
                if (!placed.Add(section)) problems.Add($"{Path} has a table of {section} twice.");
                if (catalog.Sections.TryGetValue(section, out var those)) options.AddRange(those);
                else problems.Add($"{Path} has a table of {section}, and no options class has that section.");
            }
            return $"{match.Groups["head"].Value}\n{Table(options)}{match.Groups["foot"].Value}";
        });
        problems.AddRange(catalog.Sections.Keys.Except(placed, StringComparer.Ordinal)
            .Select(section => $"{Path} has no table of {section}: put the lines \"<!-- options {section} -->\" and \"<!-- end of options -->\" where it belongs."));
        return (text, problems);
    }

    private static string Table(IEnumerable<Option> options)
    {
        var table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
        foreach (var option in options)
            table.Append($"| `{option.Name}`{(option.Name.EndsWith(":0", StringComparison.Ordinal) ? ", …" : "")} | {option.Default} | {option.Meaning} |\n");
        return table.ToString();
    }

    [GeneratedRegex(@"(?<head><!-- options (?<sections>Farm[A-Za-z0-9: ]*) -->)\n(?<table>(?:(?!<!-- ).*\n)*)(?<foot><!-- end of options -->)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Tables();
}
