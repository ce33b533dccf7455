using System.Collections;
using YamlDotNet.Serialization;

namespace Farm.Deploy.Tests;

/// <summary>A place in a YAML document that has no type to be read into; what is not there is an empty place.</summary>
internal readonly record struct YamlNode(object? Value)
{
    /// <summary>Reads a document.</summary>
    public static YamlNode Parse(string text) => new(new DeserializerBuilder().Build().Deserialize<object?>(text));

    /// <summary>Whether it is there.</summary>
    public bool Exists => Value is not null;

    /// <summary>A scalar's text.</summary>
    public string Text => (string)Value!;

    /// <summary>What a list holds.</summary>
    public IEnumerable<YamlNode> Items => Value is IList list ? list.Cast<object?>().Select(v => new YamlNode(v)) : [];

    /// <summary>What a map holds, by its keys.</summary>
    public IReadOnlyDictionary<string, YamlNode> Entries =>
        Value is IDictionary map ? map.Keys.Cast<string>().ToDictionary(k => k, k => new YamlNode(map[k]), StringComparer.Ordinal) : new Dictionary<string, YamlNode>(StringComparer.Ordinal);

    /// <summary>The value of a map's key.</summary>
    public YamlNode this[string key] => new((Value as IDictionary)?[key]);
}
