using System.Text.Json;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Validation;

/// <summary>
/// Collects <c>node_errors</c>. As in ComfyUI, a failing output is listed under every broken node that was met until then, also under
/// those it does not depend on.
/// </summary>
internal sealed class NodeErrorReport(PromptGraph graph)
{
    private readonly OrderedDictionary<string, NodeErrorEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The broken nodes.</summary>
    public IReadOnlyCollection<NodeErrorEntry> Entries => _entries.Values;

    /// <summary>An output failed.</summary>
    public void Add(PromptNode output, IReadOnlyDictionary<string, NodeVerdict> verdicts)
    {
        foreach (var (id, verdict) in verdicts)
        {
            if (verdict.Errors.Count == 0)
                continue;
            if (!_entries.TryGetValue(id, out var entry))
                _entries[id] = entry = new NodeErrorEntry(graph.Find(id)!, verdict.Errors);
            entry.DependentOutputs.Add(output.Id);
        }
    }
}

/// <summary>One broken node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Errors">Its errors.</param>
internal sealed record NodeErrorEntry(PromptNode Node, IReadOnlyList<NodeError> Errors)
{
    /// <summary>Outputs that failed after it was found broken.</summary>
    public List<string> DependentOutputs { get; } = [];

    /// <summary>Writes the member of <c>node_errors</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(Node.Id);
        writer.WriteStartArray("errors");
        foreach (var error in Errors)
            error.Write(writer);
        writer.WriteEndArray();
        writer.WriteStartArray("dependent_outputs");
        foreach (var output in DependentOutputs)
            writer.WriteStringValue(output);
        writer.WriteEndArray();
        writer.WriteString("class_type", Node.ClassType);
        writer.WriteEndObject();
    }
}
