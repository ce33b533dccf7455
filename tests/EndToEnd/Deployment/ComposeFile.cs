using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object?>;

namespace Farm.EndToEnd.Deployment;

/// <summary>What a compose file says of a service that is built from the repository.</summary>
/// <param name="Name">Its name, by which the others reach it.</param>
/// <param name="Target">The stage of the Dockerfile.</param>
/// <param name="Command">What follows the image's entry point; null for the image's own.</param>
/// <param name="Environment">What it adds to the image's.</param>
/// <param name="After">What it waits for: names of services with the condition that each must meet.</param>
internal sealed record ComposeService(
    string Name, string Target, IReadOnlyList<string>? Command, IReadOnlyDictionary<string, string> Environment, IReadOnlyDictionary<string, string> After);

/// <summary>Reads a compose file, its variables filled in: the services that are built, without those of a profile.</summary>
internal static partial class ComposeFile
{
    /// <param name="path">The file.</param>
    /// <param name="variables">What stands in <c>.env</c>.</param>
    public static IReadOnlyList<ComposeService> Read(string path, IReadOnlyDictionary<string, string> variables)
    {
        var text = Variable().Replace(File.ReadAllText(path), match => Value(match, variables)).Replace("$$", "$", StringComparison.Ordinal);
        var services = (Map)new DeserializerBuilder().Build().Deserialize<Map>(new MergingParser(new Parser(new StringReader(text))))["services"]!;
        return
        [
            .. from service in services
               let body = (Map)service.Value!
               where body.ContainsKey("build") && !body.ContainsKey("profiles")
               select new ComposeService(
                   (string)service.Key, (string)((Map)body["build"]!)["target"]!, (body.GetValueOrDefault("command") as List<object>)?.ConvertAll(part => (string)part),
                   Texts((Map)body["environment"]!), After((Map)body["depends_on"]!)),
        ];
    }

    private static Dictionary<string, string> Texts(Map map) => map.ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private static Dictionary<string, string> After(Map map) =>
        map.ToDictionary(entry => (string)entry.Key, entry => (string)((Map)entry.Value!)["condition"]!, StringComparer.Ordinal);

    private static string Value(Match match, IReadOnlyDictionary<string, string> variables)
    {
        if (variables.TryGetValue(match.Groups["name"].Value, out var value) && value.Length > 0)
            return value;
        return match.Groups["kind"].Value == "-" ? match.Groups["rest"].Value : throw new InvalidDataException($"{match.Value}: nothing is set.");
    }

    /// <summary><c>${NAME:?what to do}</c> and <c>${NAME:-default}</c>.</summary>
    [GeneratedRegex(@"\$\{(?<name>\w+):(?<kind>[?-])(?<rest>[^}]*)\}", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Variable();
}
