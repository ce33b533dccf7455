using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Farm.OptionsCatalog;

/// <summary>The doc comments of an assembly, from the file that the compiler writes beside it.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> _summaries;

    private DocComments(IEnumerable<XElement> members) => _summaries = members
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!, StringComparer.Ordinal);

    /// <summary>Those of an assembly; none where the compiler wrote no file.</summary>
    public static DocComments Of(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return new DocComments(File.Exists(file) ? XDocument.Load(file).Descendants("member") : []);
    }

    /// <summary>The summary of a property as Markdown in one line; empty where there is none.</summary>
    public string Summary(PropertyInfo property) =>
        _summaries.TryGetValue($"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}", out var summary) ? Markdown(summary) : "";

    internal static string Markdown(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "see" } link when link.Attribute("href") is { } address => $"[{link.Value}]({address.Value})",
                XElement { Name.LocalName: "see" } link => $"`{(link.Attribute("cref") ?? link.Attribute("langword"))?.Value.Split('.', ':')[^1]}`",
                XElement other => Markdown(other),
                _ => "",
            });
        return Spaces().Replace(text.ToString(), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
