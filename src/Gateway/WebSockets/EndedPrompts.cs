using Farm.Contracts.Prompts;

namespace Farm.Gateway.WebSockets;

/// <summary>
/// The last prompts whose ends a socket was told. A session that has lost its log to a dead silo tells again how prompts ended; a socket
/// hears it once.
/// </summary>
internal sealed class EndedPrompts
{
    private const int Most = 2_000;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Whether the event repeats the end of a prompt. The last event of an end, and the first of a new run of that id, are taken note of.</summary>
    public bool IsRepeated(string? promptId, RunEvent happened)
    {
        if (promptId is null)
            return false;
        if (happened is ExecutionStart)
            _ids.Remove(promptId);
        if (happened is not (ExecutionSuccess or ExecutionError or ExecutionInterrupted or NodeExecuting { Node: null }))
            return false;
        if (_ids.Contains(promptId))
            return true;
        if (happened is NodeExecuting)
            Add(promptId);
        return false;
    }

    private void Add(string promptId)
    {
        _ids.Add(promptId);
        _order.Enqueue(promptId);
        if (_order.Count > Most)
            _ids.Remove(_order.Dequeue());
    }
}
