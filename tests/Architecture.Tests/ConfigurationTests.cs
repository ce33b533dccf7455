using System.Text.RegularExpressions;
using Xunit;

namespace Farm.Architecture.Tests;

/// <summary>docs/configuration.md lists the options that there are, all of them and no others.</summary>
public sealed partial class ConfigurationTests
{
    /// <summary>Options classes that are bound to a part of another's section, or whose section stands elsewhere.</summary>
    private static readonly Dictionary<string, string> Sections = new(StringComparer.Ordinal)
    {
        ["TorchOptions"] = "Farm:Torch",
        ["CacheOptions"] = "Farm:Worker:Cache",
        ["NodeLimitOptions"] = "Farm:Worker:Limits",
    };

    [Fact]
    public void Configuration_Document_ListsEveryOptionAndNoOther()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));
        var documented = Documented().Matches(document).Select(match => match.Groups["name"].Value).ToList();
        var options = Options().ToList();
        Assert.NotEmpty(options);
        Assert.Empty(options.Except(documented, StringComparer.Ordinal));
        Assert.Empty(documented.Except(options, StringComparer.Ordinal));
    }

    private static IEnumerable<string> Options() =>
        from source in Repository.Sources("src")
        let text = File.ReadAllText(source)
        let name = ClassName().Match(text)
        where name.Success
        let section = Section().Match(text) is { Success: true } match ? match.Groups["name"].Value : Sections.GetValueOrDefault(name.Groups["name"].Value)
        where section is not null
        from property in Property().Matches(text[name.Index..])
        where property.Groups["name"].Value is not ("Cache" or "Limits")
        select $"{section}:{property.Groups["name"].Value}";

    [GeneratedRegex(@"^\| `(?<name>Farm(:[A-Za-z][A-Za-z0-9]*)+)", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Documented();

    [GeneratedRegex(@"class (?<name>\w+Options)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"const string Section = ""(?<name>[^""]+)""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Section();

    [GeneratedRegex(@"^    public [\w<>?]+ (?<name>\w+) \{ get;( set;)? \}( = [^\n]+;)?$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Property();
}
