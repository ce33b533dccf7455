using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;

namespace Farm.Grains.Prompts;

/// <summary>
/// Brings the events of one run to whom they are meant for: the client that submitted it, or, without one, the few events
/// that ComfyUI sends to every socket (ComfyUI 0.19.3, recorded: start, cached, executing, executed, success and error are
/// then not sent at all).
/// </summary>
internal sealed class RunEventRouter(IGrainFactory grains, TimeProvider clock, PromptSubmission submission)
{
    /// <summary>How long a session that moves to another silo is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(250);

    private readonly ProgressBoard _progress = new();
    private readonly IClientSessionGrain? _session = submission.ClientId is { } client
        ? grains.GetGrain<IClientSessionGrain>(IClientSessionGrain.KeyOf(submission.Tenant, client))
        : null;

    /// <summary>The submitted graph's node that started last in this attempt; null before the first.</summary>
    public string? LastNode { get; private set; }

    /// <summary>A new attempt starts with an empty board.</summary>
    public void Restart()
    {
        _progress.Clear();
        LastNode = null;
    }

    /// <summary>Sends events in order; returns when they are queued at the gateways.</summary>
    public Task PublishAsync(IReadOnlyList<RunEvent> events)
    {
        var shown = Shown(events);
        if (shown.IsEmpty) return Task.CompletedTask;
        if (_session is not null) return PublishAsync(_session, shown);
        var channel = grains.GetGrain<ITenantChannelGrain>(submission.Tenant);
        return channel.BroadcastAsync(ImmutableArray.CreateRange(shown, ToBroadcast, submission.PromptId));
    }

    /// <summary>Publishes again where the session's silo died over it: the events are nowhere else.</summary>
    private async Task PublishAsync(IClientSessionGrain session, ImmutableArray<RunEvent> shown)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await session.PublishAsync(submission.PromptId, shown);
                return;
            }
            catch (Exception lost) when (lost is OrleansException or OperationCanceledException && clock.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pause, clock);
            }
        }
    }

    private static ClientEvent ToBroadcast(RunEvent happened, string promptId) => new(0, promptId, happened);

    private ImmutableArray<RunEvent> Shown(IReadOnlyList<RunEvent> events)
    {
        var shown = ImmutableArray.CreateBuilder<RunEvent>(events.Count);
        foreach (var happened in events)
        {
            if (happened is NodeExecuting { DisplayNode: { } node }) LastNode = node;
            var toShow = happened is NodeProgressed change ? _progress.Apply(change.Progress) : happened;
            if (_session is not null || IsForEverybody(toShow)) shown.Add(toShow);
        }
        return shown.DrainToImmutable();
    }

    private static bool IsForEverybody(RunEvent happened) => happened switch
    {
        ProgressState or NodeStepped or ExecutionInterrupted or ImagePreview or ProgressText => true,
        ExecutionError { Timestamp: null } => true,
        _ => false,
    };
}

/// <summary>The progress of all nodes that a run has touched, in order of first touch.</summary>
internal sealed class ProgressBoard
{
    private readonly List<NodeProgress> _nodes = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Takes a node's new progress; answers with the whole board.</summary>
    public ProgressState Apply(NodeProgress progress)
    {
        if (_places.TryGetValue(progress.Node.NodeId, out var place))
        {
            _nodes[place] = progress;
        }
        else
        {
            _places.Add(progress.Node.NodeId, _nodes.Count);
            _nodes.Add(progress);
        }
        return new ProgressState([.. _nodes]);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _nodes.Clear();
        _places.Clear();
    }
}
