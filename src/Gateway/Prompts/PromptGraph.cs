using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Http;

namespace Farm.Gateway.Prompts;

/// <summary>The graph under validation: nodes in prompt order, whose literals may be replaced by their coerced values.</summary>
internal sealed class PromptGraph
{
    private readonly FrozenDictionary<string, PromptNode> _byId;

    private PromptGraph(IReadOnlyList<PromptNode> nodes)
    {
        Nodes = nodes;
        _byId = nodes.ToFrozenDictionary(n => n.Id, StringComparer.Ordinal);
    }

    /// <summary>The nodes, in the order they were posted.</summary>
    public IReadOnlyList<PromptNode> Nodes { get; }

    /// <summary>Reads a posted graph. Refuses one that is no object or has too many nodes.</summary>
    public static PromptGraph Read(JsonElement prompt, int maxNodes)
    {
        if (prompt.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field("prompt", "must be an object of nodes by id");
        return prompt.GetPropertyCount() > maxNodes
            ? throw RequestRefusedException.Field("prompt", $"has more than {maxNodes} nodes")
            : new PromptGraph([.. prompt.EnumerateObject().Select(member => new PromptNode(member.Name, member.Value))]);
    }

    /// <summary>The node of that id, or null.</summary>
    public PromptNode? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The graph as JSON text: as posted, but for the replaced literals.</summary>
    public string ToJson() => Encoding.UTF8.GetString(JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        foreach (var node in Nodes)
        {
            writer.WritePropertyName(node.Id);
            node.Write(writer);
        }
        writer.WriteEndObject();
    }).Span);
}

/// <summary>One node of the graph.</summary>
internal sealed class PromptNode
{
    private readonly JsonElement _posted;
    private string? _replacement;

    public PromptNode(string id, JsonElement posted)
    {
        Id = id;
        _posted = posted;
        Class = posted.Member("class_type");
        Title = posted.Member("_meta")?.Member("title");
        if (posted.Member("inputs") is { ValueKind: JsonValueKind.Object } inputs)
            Inputs = new OrderedDictionary<string, JsonElement>(
                inputs.EnumerateObject().Select(i => KeyValuePair.Create(i.Name, i.Value)), StringComparer.Ordinal);
    }

    /// <summary>The node's key in the graph.</summary>
    public string Id { get; }

    /// <summary><c>class_type</c> as posted; null where it is missing.</summary>
    public JsonElement? Class { get; }

    /// <summary>The class's name; empty where none was posted.</summary>
    public string ClassType => _replacement ?? (Class is { ValueKind: JsonValueKind.String } name ? name.GetString()! : "");

    /// <summary><c>_meta.title</c> as posted, for texts; null where it is missing.</summary>
    public JsonElement? Title { get; }

    /// <summary>Whether <c>_meta</c> was posted.</summary>
    public bool HasMeta => _posted.Member("_meta") is not null;

    /// <summary>Values by input name, in order; null where <c>inputs</c> is missing or no object.</summary>
    public OrderedDictionary<string, JsonElement>? Inputs { get; private set; }

    /// <summary>Gives the node another class and other inputs.</summary>
    public void Replace(string classType, OrderedDictionary<string, JsonElement> inputs) => (_replacement, Inputs) = (classType, inputs);

    /// <summary>Writes the node as posted, with the inputs as they are now.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (Inputs is null)
        {
            _posted.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        foreach (var member in _posted.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("inputs"))
                WriteInputs(writer, Inputs);
            else if (_replacement is not null && member.NameEquals("class_type"))
                writer.WriteStringValue(_replacement);
            else
                member.Value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static void WriteInputs(Utf8JsonWriter writer, OrderedDictionary<string, JsonElement> inputs)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in inputs)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }
}
