using System.Text.Json;

namespace Farm.Grains.Retention;

/// <summary>
/// What waiting and running prompts may name. A file is in use when a text of a graph is its name, whatever folder stands before it, or one of its folders; that is
/// more than is needed, and never less.
/// </summary>
internal sealed class NamesInUse
{
    private const int LongestName = 1024;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>When the longest run of those that are under way began: what was written since may belong to an attempt that is not committed.</summary>
    public DateTimeOffset? OldestRun { get; private set; }

    /// <summary>Adds a prompt.</summary>
    public void Add(string graph, DateTimeOffset? startedAt)
    {
        if (startedAt < (OldestRun ?? DateTimeOffset.MaxValue)) OldestRun = startedAt;
        using var document = JsonDocument.Parse(graph, new JsonDocumentOptions { MaxDepth = 1000 });
        Add(document.RootElement);
    }

    /// <summary>Whether a file is named, by its path in its area or its content's hash, or may be an uncommitted run's.</summary>
    public bool Holds(string path, DateTimeOffset writtenAt, string? hash = null) =>
        writtenAt >= OldestRun || path.Split('/').Any(_names.Contains) || (hash is not null && _names.Contains(hash));

    private void Add(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) Add(member.Value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Add(item);
                break;
            case JsonValueKind.String when value.GetString() is { Length: > 0 and <= LongestName } text:
                AddText(text);
                break;
        }
    }

    // "sub/name.png [output]": the annotation says in which folder; it may as well be part of the name.
    private void AddText(string text)
    {
        AddName(text);
        if (text.EndsWith(']') && text.LastIndexOf(" [", StringComparison.Ordinal) is var at and > 0) AddName(text[..at]);
    }

    private void AddName(string text) => _names.Add(text[(text.TrimEnd('/').LastIndexOf('/') + 1)..].TrimEnd('/'));
}
