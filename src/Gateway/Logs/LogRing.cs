using System.Collections.Immutable;

namespace Farm.Gateway.Logs;

/// <summary>A line of the log.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Text">The line with its line break.</param>
internal readonly record struct LogEntry(DateTimeOffset Time, string Text);

/// <summary>The last lines that this process logged, for <c>/internal/logs</c>. Bounded in lines and in their length.</summary>
internal sealed class LogRing(TimeProvider time)
{
    /// <summary>Lines kept, as many as ComfyUI keeps.</summary>
    public const int Capacity = 300;

    private const int LongestLine = 8192;

    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = new(Capacity);
    private long _written;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Adds a line; the oldest goes where there are too many.</summary>
    public void Add(string text)
    {
        var line = (text.Length > LongestLine ? text[..LongestLine] : text) + "\n";
        TaskCompletionSource waiting;
        lock (_lock)
        {
            if (_entries.Count == Capacity)
                _entries.Dequeue();
            _entries.Enqueue(new LogEntry(time.GetUtcNow(), line));
            _written++;
            waiting = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        waiting.SetResult();
    }

    /// <summary>All lines, oldest first, and how many were ever written.</summary>
    public (ImmutableArray<LogEntry> Entries, long Written) Read()
    {
        lock (_lock)
            return ([.. _entries], _written);
    }

    /// <summary>Completes when more than <paramref name="known"/> lines were written.</summary>
    public Task WaitAsync(long known)
    {
        lock (_lock)
            return _written > known ? Task.CompletedTask : _more.Task;
    }
}
