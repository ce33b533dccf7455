using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;

namespace Farm.Grains.Sessions;

/// <summary>
/// The numbered events of one client, the oldest dropped first. Numbers start at the time of the log's birth in milliseconds,
/// so that they go on growing when a session leaves memory and comes back.
/// </summary>
internal sealed class SessionLog(DateTimeOffset birth, int maxEvents, long maxImageBytes)
{
    private readonly Queue<ClientEvent> _events = new();
    private long _sequence = birth.ToUnixTimeMilliseconds();
    private long _imageBytes;

    /// <summary>The number of the last event.</summary>
    public long Last => _sequence;

    /// <summary>Events that left the log for newer ones, in all.</summary>
    public int Dropped { get; private set; }

    /// <summary>Numbers events and keeps those that a returning socket must not miss: all but previews.</summary>
    public ImmutableArray<ClientEvent> Append(string promptId, ImmutableArray<RunEvent> events)
    {
        var numbered = ImmutableArray.CreateBuilder<ClientEvent>(events.Length);
        foreach (var happened in events)
        {
            var item = new ClientEvent(++_sequence, promptId, happened);
            numbered.Add(item);
            if (happened is ImagePreview { IsResult: false }) continue;
            _events.Enqueue(item);
            _imageBytes += ImageBytes(item);
        }
        for (; _events.Count > maxEvents || _imageBytes > maxImageBytes; Dropped++) _imageBytes -= ImageBytes(_events.Dequeue());
        return numbered.MoveToImmutable();
    }

    /// <summary>Kept events with a higher number, in order; none when no number is given.</summary>
    public ImmutableArray<ClientEvent> After(long? sequence) =>
        sequence is { } known ? [.. _events.Where(e => e.Sequence > known)] : [];

    /// <summary>
    /// A socket knows numbers of a log that is gone with its silo. Where this log's own are not above them, since two machines' clocks differ,
    /// its events get new numbers. To be called before any was handed out.
    /// </summary>
    public void StartAfter(long known)
    {
        var shift = known - birth.ToUnixTimeMilliseconds();
        if (shift <= 0) return;
        foreach (var item in _events.ToArray())
        {
            _events.Dequeue();
            _events.Enqueue(item with { Sequence = item.Sequence + shift });
        }
        _sequence += shift;
    }

    private static long ImageBytes(ClientEvent item) => item.Event is ImagePreview image ? image.Data.Length : 0;
}
