using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;

namespace Farm.Grains.Tests.Support;

/// <summary>A gateway that keeps what it is told, broadcasts and deliveries in one line.</summary>
internal sealed class RecordingGateway : IGatewayObserver
{
    private readonly Lock _gate = new();
    private readonly List<RunEvent> _events = [];
    private readonly List<ClientEvent> _delivered = [];
    private readonly List<string> _released = [];
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _hold;

    public IGatewayObserver? Reference { get; set; }

    public ImmutableArray<RunEvent> Events
    {
        get { lock (_gate) return [.. _events]; }
    }

    public ImmutableArray<ClientEvent> Delivered
    {
        get { lock (_gate) return [.. _delivered]; }
    }

    public ImmutableArray<string> Released
    {
        get { lock (_gate) return [.. _released]; }
    }

    public ImmutableArray<int> Statuses => [.. Events.OfType<QueueStatus>().Select(s => s.QueueRemaining)];

    /// <summary>Completes when a delivery has come in that is held.</summary>
    public Task Held => _held.Task;

    /// <summary>Deliveries are not answered from now on.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Held deliveries are answered.</summary>
    public void LetGo() => _hold?.SetResult();

    /// <summary>What is told of what was sent: nothing by default, as by a gateway whose client does not read.</summary>
    public long Sent { get; set; }

    public Task<long> DeliverAsync(string connectionId, ImmutableArray<ClientEvent> events)
    {
        lock (_gate)
        {
            _delivered.AddRange(events);
            _events.AddRange(events.Select(e => e.Event));
        }
        if (_hold is null) return Task.FromResult(Sent);
        _held.TrySetResult();
        return AnswerAsync(_hold.Task);
    }

    public Task BroadcastAsync(string tenant, ImmutableArray<ClientEvent> events)
    {
        lock (_gate) _events.AddRange(events.Select(e => e.Event));
        return Task.CompletedTask;
    }

    public Task<long> ReleaseAsync(string connectionId)
    {
        lock (_gate) _released.Add(connectionId);
        return Task.FromResult(Sent);
    }

    private async Task<long> AnswerAsync(Task held)
    {
        await held;
        return Sent;
    }
}
