using System.Collections.Immutable;
using Farm.Contracts.Sessions;

namespace Farm.Grains.Scheduling;

/// <summary>
/// Tells tenants' sockets the counts of their queues, in order, one delivery at a time. What comes up during a delivery goes
/// out together with the next. Used from one grain's turns only.
/// </summary>
internal sealed class QueueAnnouncer(IGrainFactory grains, ILogger logger)
{
    /// <summary>Counts in one delivery; when more come up, the older ones are skipped.</summary>
    private const int MaxCounts = 32;

    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>Announces a count; completes when the gateways have queued it.</summary>
    public Task AnnounceAsync(string tenant, int count)
    {
        if (_lines.TryGetValue(tenant, out var line)) return line.Add(count);
        _lines.Add(tenant, line = new Line());
        var told = line.Add(count);
        _ = SendAsync(tenant, line);
        return told;
    }

    private async Task SendAsync(string tenant, Line line)
    {
        while (line.Counts.Count > 0)
        {
            var (counts, told) = line.Take();
            try
            {
                await grains.GetGrain<ITenantChannelGrain>(tenant)
                    .BroadcastAsync([.. counts.Select(count => new ClientEvent(0, null, new QueueStatus(count)))]);
            }
            catch (Exception error)
            {
                // Whatever it was, hand-outs must not wait for it.
                SchedulingLog.AnnounceFailed(logger, error, tenant);
            }
            told.SetResult();
        }
        _lines.Remove(tenant);
    }

    private sealed class Line
    {
        private TaskCompletionSource _told = NewSignal();

        public Queue<int> Counts { get; } = new();

        public Task Add(int count)
        {
            Counts.Enqueue(count);
            if (Counts.Count > MaxCounts) Counts.Dequeue();
            return _told.Task;
        }

        public (ImmutableArray<int> Counts, TaskCompletionSource Told) Take()
        {
            var taken = (Counts.ToImmutableArray(), _told);
            Counts.Clear();
            _told = NewSignal();
            return taken;
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
