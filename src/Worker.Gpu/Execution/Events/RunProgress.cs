using Farm.Contracts.Prompts;
using Farm.Nodes;

namespace Farm.Worker.Execution.Events;

/// <summary>The progress of a run's nodes, as events (execution-semantics, section 16).</summary>
internal sealed class RunProgress(IRunSink sink, TimeProvider clock)
{
    private readonly Dictionary<string, double> _max = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>A node starts, or starts again.</summary>
    public void Start(NodeIdentity node) => Set(node, 0, 1, finished: false);

    /// <summary>A node is done.</summary>
    public void Finish(NodeIdentity node)
    {
        lock (_lock)
        {
            var max = _max.GetValueOrDefault(node.NodeId, 1);
            sink.Emit(new NodeProgressed(new NodeProgress { Node = node, Value = max, Max = max, Finished = true }));
        }
    }

    /// <summary>A node's result was there already.</summary>
    public void FinishCached(NodeIdentity node)
    {
        lock (_lock)
        {
            _max[node.NodeId] = 1;
            sink.Emit(new NodeProgressed(new NodeProgress { Node = node, Value = 1, Max = 1, Finished = true, Cached = true }));
        }
    }

    /// <summary>A node sets its progress.</summary>
    public void Set(NodeIdentity node, double value, double max, bool finished = false, NodePreview? preview = null)
    {
        lock (_lock)
        {
            _max[node.NodeId] = max;
            sink.Emit([.. Changed(node, value, max, finished, preview)]);
        }
    }

    /// <summary>A bar of a node moved.</summary>
    public void Step(NodeIdentity node, double value, double max, NodePreview? preview)
    {
        lock (_lock)
        {
            _max[node.NodeId] = max;
            sink.Emit([.. Changed(node, value, max, finished: false, preview), new NodeStepped(node.NodeId, value, max)]);
        }
    }

    private static IEnumerable<RunEvent> Changed(NodeIdentity node, double value, double max, bool finished, NodePreview? preview)
    {
        yield return new NodeProgressed(new NodeProgress { Node = node, Value = value, Max = max, Finished = finished });
        if (preview is not null) yield return new ImagePreview(node, preview.MimeType, preview.Data, preview.IsResult);
    }

    /// <summary>A bar for a node; <paramref name="stepped"/> is told how many steps were done in which time.</summary>
    public ProgressBar StartBar(NodeIdentity node, double total, CancellationToken interrupted, Action<double, TimeSpan>? stepped = null) =>
        new Bar(this, node, total, interrupted, stepped);

    // The first update, the last one and those with a preview are always sent, others only when they are far enough from the last.
    private sealed class Bar(RunProgress progress, NodeIdentity node, double total, CancellationToken interrupted, Action<double, TimeSpan>? stepped) : ProgressBar(total)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
        private const double LeastStep = 0.005;
        private long? _sentAt;
        private double _sentValue;
        private double _value;
        private long _at = progress.Clock.GetTimestamp();

        protected override void Report(double value, double total, NodePreview? preview)
        {
            interrupted.ThrowIfCancellationRequested();
            Measure(value);
            var due = _sentAt is not { } last || value >= total || preview is not null
                || (progress.Clock.GetElapsedTime(last) >= Pause && value - _sentValue >= LeastStep * total);
            if (!due)
                return;
            _sentAt = progress.Clock.GetTimestamp();
            _sentValue = value;
            progress.Step(node, value, total, preview);
        }

        private void Measure(double value)
        {
            if (stepped is not null && value > _value)
                stepped(value - _value, progress.Clock.GetElapsedTime(_at));
            (_value, _at) = (value, progress.Clock.GetTimestamp());
        }
    }

    private TimeProvider Clock { get; } = clock;
}
