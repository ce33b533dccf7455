using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution.Graph;

/// <summary>The graph of a run: the submitted nodes in their order, and what expansions added. An added node hides a submitted one of its id.</summary>
internal sealed class RunGraph : IGraphView, IDisposable
{
    // Deeper nesting than any workflow has; the gateway's own limit is stricter.
    private const int DeepestJson = 512;

    private readonly OrderedDictionary<string, RunNode> _submitted = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, RunNode> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _displayIds = new(StringComparer.Ordinal);
    private readonly NodeTable _table;
    private readonly JsonDocument _json;
    private IReadOnlyDictionary<string, object?>? _promptValue;

    /// <summary>Reads a prompt.</summary>
    /// <exception cref="JsonException">It is not the JSON object of nodes that the gateway accepted.</exception>
    public RunGraph(string prompt, NodeTable table)
    {
        _table = table;
        _json = JsonDocument.Parse(prompt, new JsonDocumentOptions { MaxDepth = DeepestJson });
        foreach (var member in _json.RootElement.EnumerateObject())
            _submitted[member.Name] = ReadNode(member.Name, member.Value);
    }

    /// <summary>The submitted nodes, in order.</summary>
    public IReadOnlyList<RunNode> Submitted => _submitted.Values;

    /// <summary>The nodes of expansions, in order of their making.</summary>
    public IReadOnlyList<RunNode> Added => _added.Values;

    /// <summary>
    /// The submitted graph as nodes see it (PROMPT): with coerced literals, and with <c>is_changed</c> where a class has a fingerprint.
    /// </summary>
    public IReadOnlyDictionary<string, object?> PromptValue => _promptValue ??= BuildPromptValue();

    /// <summary>A node by its id, or null.</summary>
    public RunNode? Find(string id) => _added.GetValueOrDefault(id) ?? _submitted.GetValueOrDefault(id);

    /// <summary>The submitted node that an id stands for in messages.</summary>
    public RunNode? FindSubmitted(string id) => _submitted.GetValueOrDefault(id);

    /// <summary>Adds the nodes of an expansion.</summary>
    /// <exception cref="NodeFailedException">KeyError for a class that this worker does not have.</exception>
    public List<RunNode> Add(RunNode parent, ExpandedGraph graph)
    {
        var nodes = new List<RunNode>(graph.Nodes.Length);
        foreach (var node in graph.Nodes)
        {
            var plan = _table.Find(node.ClassType) ?? throw NodeFailedException.KeyError(PythonValue.Repr(node.ClassType));
            _displayIds[node.Id] = node.OverrideDisplayId ?? parent.Id;
            var identity = new NodeIdentity(node.Id, DisplayIdOf(node.Id), parent.Id, parent.Identity.RealNode);
            RunInput[] inputs = [.. node.Inputs.Select(i => new RunInput(i.Key, i.Value))];
            var added = new RunNode(node.Id, node.ClassType, plan, inputs) { Parent = parent, Identity = identity };
            _added.Remove(node.Id);
            _added.Add(node.Id, added);
            nodes.Add(added);
        }
        return nodes;
    }

    GraphNode? IGraphView.Find(string nodeId)
    {
        if (Find(nodeId) is not { } node)
            return null;
        var copy = new GraphNode(node.Id, node.ClassType);
        foreach (var input in node.Inputs)
            copy.Set(input.Name, input.Value);
        return copy;
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private string DisplayIdOf(string id)
    {
        var seen = 0;
        while (_displayIds.TryGetValue(id, out var next) && next != id && seen++ < _displayIds.Count)
            id = next;
        return id;
    }

    private RunNode ReadNode(string id, JsonElement json)
    {
        var classType = json.GetProperty("class_type").GetString() ?? "";
        var node = new RunNode(id, classType, _table.Find(classType), ReadInputs(json)) { Identity = NodeIdentity.Of(id) };
        if (node.Plan is { } plan && plan.Is(NodeTraits.Fingerprint) && json.TryGetProperty("is_changed", out var fingerprint))
            node.Fingerprint = JsonValues.Read(fingerprint);
        return node;
    }

    private static RunInput[] ReadInputs(JsonElement node)
    {
        if (!node.TryGetProperty("inputs", out var json) || json.ValueKind != JsonValueKind.Object)
            return [];
        var inputs = new RunInput[json.GetPropertyCount()];
        var count = 0;
        foreach (var member in json.EnumerateObject())
            inputs[count++] = new RunInput(member.Name, ReadInput(member.Value));
        return inputs;
    }

    // A list of exactly a text and a number is a link, whatever the class declares (1.2).
    private static object? ReadInput(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2 || json[0].ValueKind != JsonValueKind.String)
            return JsonValues.Read(json);
        return json[1].ValueKind switch
        {
            JsonValueKind.Number when json[1].TryGetInt32(out var slot) => new NodeLink(json[0].GetString()!, slot),
            JsonValueKind.Number => new NodeLink(json[0].GetString()!, SlotOf(json[1].GetDouble())),
            JsonValueKind.True => new NodeLink(json[0].GetString()!, 1),
            JsonValueKind.False => new NodeLink(json[0].GetString()!, 0),
            _ => JsonValues.Read(json),
        };
    }

    // No output has such a number: the input is then null, like that of any slot that is not there.
    private static int SlotOf(double number) => double.IsInteger(number) && Math.Abs(number) < int.MaxValue ? (int)number : int.MaxValue;

    private OrderedDictionary<string, object?> BuildPromptValue()
    {
        var prompt = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in _json.RootElement.EnumerateObject())
        {
            var node = JsonValues.ReadObject(member.Value);
            if (_submitted[member.Name].Fingerprint is var fingerprint && fingerprint != RunNode.NoFingerprint)
                node["is_changed"] = fingerprint;
            prompt[member.Name] = node;
        }
        return prompt;
    }
}
