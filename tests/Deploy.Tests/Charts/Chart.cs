using System.Collections;
using YamlDotNet.Serialization;

namespace Farm.Deploy.Tests.Charts;

/// <summary>The chart in deploy/helm/farm, rendered by a small renderer of the constructs that it keeps to.</summary>
internal static class Chart
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    /// <summary>The chart's folder.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "helm", "farm");

    /// <summary>The chart's values with those of a set over them, as <c>helm install --values</c> merges them.</summary>
    public static IDictionary Values(string setFile) => Merge(Read(Path.Combine(Folder, "values.yaml")), Read(setFile));

    /// <summary>Each template's file name and its text, for a release named <c>render</c>.</summary>
    /// <param name="values">The values.</param>
    /// <param name="upgrade">Whether the release is there already.</param>
    public static IReadOnlyList<(string Name, string Text)> Render(IDictionary values, bool upgrade = false)
    {
        var chart = Read(Path.Combine(Folder, "Chart.yaml"));
        var renderer = new TemplateRenderer(new Dictionary<object, object?>
        {
            ["Values"] = values,
            ["Chart"] = new Dictionary<object, object?> { ["AppVersion"] = chart["appVersion"], ["Version"] = chart["version"], ["Name"] = chart["name"] },
            ["Files"] = Folder,
            ["Release"] = new Dictionary<object, object?> { ["Name"] = "render", ["Namespace"] = "farm", ["Service"] = "Helm", ["Revision"] = upgrade ? 2L : 1L, ["IsInstall"] = !upgrade, ["IsUpgrade"] = upgrade },
        });
        var files = Directory.GetFiles(Path.Combine(Folder, "templates"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        // All are parsed first: a template may include what a later file defines.
        var parsed = files.Select(file => (Path.GetRelativePath(Folder, file), renderer.Parse(File.ReadAllText(file)))).ToArray();
        return [.. parsed.Where(p => !p.Item1.EndsWith(".tpl", StringComparison.Ordinal)).Select(p => (p.Item1, renderer.Render(p.Item2)))];
    }

    private static IDictionary Read(string file) => Yaml.Deserialize<Dictionary<object, object?>>(File.ReadAllText(file)) ?? [];

    private static IDictionary Merge(IDictionary under, IDictionary over)
    {
        foreach (DictionaryEntry entry in over)
            under[entry.Key] = under[entry.Key] is IDictionary inner && entry.Value is IDictionary more ? Merge(inner, more) : entry.Value;
        return under;
    }
}
