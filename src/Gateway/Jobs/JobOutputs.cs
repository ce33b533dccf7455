using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Contracts.Prompts;

namespace Farm.Gateway.Jobs;

/// <summary>
/// What a job shows of its nodes' UI outputs: how many things came out and which one stands for the job (execution semantics, 19.3
/// and 19.4). A bare name of a 3D file becomes an object as other files are.
/// </summary>
internal sealed class JobOutputs
{
    private const int LongestText = 1024;

    private static readonly string[] Solid = [".obj", ".fbx", ".gltf", ".glb", ".usdz"];
    private static readonly string[] Previewable = ["images", "video", "audio", "3d", "text"];

    private readonly JsonObject _nodes = [];
    private JsonObject? _firstOutput;
    private JsonObject? _firstCandidate;

    /// <summary>Things that came out.</summary>
    public int Count { get; private set; }

    /// <summary>The thing that stands for the job, with <c>nodeId</c> and <c>mediaType</c>; null where nothing can be shown.</summary>
    public JsonObject? Preview => _firstOutput ?? _firstCandidate;

    /// <summary>Reads the outputs of all nodes.</summary>
    public static JobOutputs Read(ImmutableArray<NodeUi> nodes)
    {
        var outputs = new JobOutputs();
        foreach (var node in nodes)
            outputs.Add(node.NodeId, JsonNode.Parse(node.Output, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 }));
        return outputs;
    }

    /// <summary>Writes node id → output.</summary>
    public void WriteTo(Utf8JsonWriter writer) => _nodes.WriteTo(writer);

    private void Add(string nodeId, JsonNode? output)
    {
        foreach (var (key, value) in output as JsonObject ?? [])
        {
            if (key != "animated" && value is JsonArray items)
                Add(nodeId, key, items);
        }
        _nodes[nodeId] = output;
    }

    private void Add(string nodeId, string key, JsonArray items)
    {
        for (var i = items.Count - 1; i >= 0; i--)
        {
            if (Text(items[i]) is { } name && IsSolid(name))
                items[i] = new JsonObject { ["filename"] = name, ["type"] = "output", ["subfolder"] = "", ["mediaType"] = "3d" };
        }
        foreach (var item in items)
        {
            if (item is JsonObject thing)
            {
                Count++;
                Offer(thing, nodeId, key);
            }
            else if (key == "text")
            {
                Count++;
                _firstCandidate ??= Text(item) is { } text ? Shortened(text, nodeId) : null;
            }
        }
        items.RemoveAll(item => item is null);
    }

    private void Offer(JsonObject thing, string nodeId, string key)
    {
        if (_firstOutput is not null || !IsPreviewable(thing, key))
            return;
        var isOutput = Text(thing["type"]) == "output";
        if (!isOutput && _firstCandidate is not null)
            return;
        var shown = (JsonObject)thing.DeepClone();
        shown["nodeId"] = nodeId;
        if (!shown.ContainsKey("mediaType"))
            shown["mediaType"] = key;
        if (isOutput)
            _firstOutput = shown;
        else
            _firstCandidate = shown;
    }

    private static bool IsPreviewable(JsonObject thing, string key) =>
        Previewable.Contains(key, StringComparer.Ordinal)
        || (Text(thing["format"]) is { } format && (format.StartsWith("video/", StringComparison.Ordinal) || format.StartsWith("audio/", StringComparison.Ordinal)))
        || (Text(thing["filename"]) is { } name && IsSolid(name));

    private static JsonObject Shortened(string text, string nodeId)
    {
        var shown = new JsonObject { ["content"] = text, ["nodeId"] = nodeId, ["mediaType"] = "text" };
        var runes = text.EnumerateRunes().Take(LongestText + 1).ToList();
        if (runes.Count > LongestText)
        {
            shown["content"] = string.Concat(runes.Take(LongestText));
            shown["truncated"] = true;
        }
        return shown;
    }

    private static bool IsSolid(string name) => Solid.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string? Text(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var found) ? found : null;
}
