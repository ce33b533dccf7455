using System.Collections.Concurrent;
using System.Text.Json;

namespace Farm.Stress.Chaos;

/// <summary>Counts how often each node of each prompt began, as the worker reports it to the prompt's client.</summary>
internal sealed class NodeRuns
{
    private readonly ConcurrentDictionary<(string Prompt, string Node), int> _times = new();

    /// <summary>Takes a message of a socket. One that names no prompt tells a client that comes back where the run stands.</summary>
    public void Hear(JsonElement message)
    {
        if (message.GetProperty("type").GetString() != "executing" || !message.GetProperty("data").TryGetProperty("prompt_id", out var prompt))
            return;
        if (message.GetProperty("data").GetProperty("node").GetString() is { } node)
            _times.AddOrUpdate((prompt.GetString()!, node), 1, (_, times) => times + 1);
    }

    /// <summary>Times that a node began.</summary>
    public int Of(string promptId, string node) => _times.GetValueOrDefault((promptId, node));

    /// <summary>Nodes of a prompt that have begun.</summary>
    public int Begun(string promptId) => _times.Keys.Count(key => key.Prompt == promptId);
}
