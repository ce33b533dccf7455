using System.Diagnostics;

namespace Farm.Grains.Scheduling;

/// <summary>The scheduler's part of a prompt's trace, source <c>Farm.Scheduling</c>.</summary>
internal static class QueueTracing
{
    private static readonly ActivitySource Source = new("Farm.Scheduling");

    /// <summary>A prompt was handed to a worker: the time it waited is a span.</summary>
    public static void Waited(QueuedItem item, string workerId, DateTimeOffset now)
    {
        if (!Source.HasListeners() || !ActivityContext.TryParse(item.TraceParent, null, isRemote: true, out var parent)) return;
        using var span = Source.StartActivity("queued", ActivityKind.Internal, parent, startTime: DateTimeOffset.FromUnixTimeMilliseconds(item.WaitsSince));
        span?.SetTag("farm.worker", workerId).SetTag("farm.attempt", item.Attempt).SetTag("farm.pool", item.Requirement.Pool).SetEndTime(now.UtcDateTime);
    }
}
