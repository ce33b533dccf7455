using System.Diagnostics;
using System.Diagnostics.Metrics;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>
/// Measures of nodes, meter <c>Farm.Nodes</c>, and their spans, source <c>Farm.Nodes</c>. Built-in classes are labels by name, those of
/// packs together as <c>pack</c>.
/// </summary>
internal sealed class NodeInstruments
{
    /// <summary>The name of the meter and the source.</summary>
    public const string Name = "Farm.Nodes";

    private const string PackModule = "custom_nodes.", BuiltInPack = "custom_nodes.websocket_image_save";

    private static readonly ActivitySource Source = new(Name);

    private readonly TimeProvider _clock;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _cached;
    private readonly Counter<long> _failed;
    private readonly Counter<double> _steps;
    private readonly Histogram<double> _stepDuration;

    public NodeInstruments(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create(Name);
        _duration = meter.CreateHistogram<double>("farm.node.duration", "s", "Nodes that ran on this worker, by class.");
        _cached = meter.CreateCounter<long>("farm.node.cached", "{node}", "Nodes whose results the worker had, by class.");
        _failed = meter.CreateCounter<long>("farm.node.stopped", "{node}", "Nodes that failed or were interrupted, by class.");
        _steps = meter.CreateCounter<double>("farm.node.steps", "{step}", "Steps of nodes that show their progress, by class.");
        _stepDuration = meter.CreateHistogram<double>("farm.node.step_duration", "s", "Time of a step, by class.");
    }

    /// <summary>A node begins to run, as a part of a run's trace.</summary>
    public NodeTiming Start(RunNode node, NodePlan plan, ActivityContext run)
    {
        var span = run == default ? null : Source.StartActivity(plan.ClassType, ActivityKind.Internal, run);
        span?.SetTag("farm.node_id", node.Id).SetTag("farm.class_type", plan.ClassType);
        return new NodeTiming(this, LabelOf(plan), span, _clock.GetTimestamp());
    }

    /// <summary>The worker had a node's result.</summary>
    public void Cached(RunNode node) => _cached.Add(1, Class(LabelOf(node.Plan)));

    /// <summary>A node did so many steps in such a time.</summary>
    public void Stepped(RunNode node, double steps, TimeSpan time)
    {
        var label = Class(LabelOf(node.Plan));
        _steps.Add(steps, label);
        _stepDuration.Record(time.TotalSeconds / steps, label);
    }

    internal void Ran(NodeTiming timing) => _duration.Record(_clock.GetElapsedTime(timing.StartedAt).TotalSeconds, Class(timing.Label));

    internal void Stopped(NodeTiming timing) => _failed.Add(1, Class(timing.Label));

    private static string LabelOf(NodePlan? plan) =>
        plan is null || (plan.Type.Definition.PythonModule is { } module && module.StartsWith(PackModule, StringComparison.Ordinal) && module != BuiltInPack) ? "pack" : plan.ClassType;

    private static KeyValuePair<string, object?> Class(string label) => new("class_type", label);
}

/// <summary>A node that runs.</summary>
/// <param name="instruments">Takes its time at the end.</param>
/// <param name="label">Its class as a label.</param>
/// <param name="span">Its span; null where nobody listens.</param>
/// <param name="startedAt">The clock's timestamp.</param>
internal sealed class NodeTiming(NodeInstruments instruments, string label, Activity? span, long startedAt)
{
    /// <summary>Its class as a label.</summary>
    public string Label { get; } = label;

    /// <summary>The clock's timestamp at its start.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>It ran to its end.</summary>
    public void Ran()
    {
        instruments.Ran(this);
        End();
    }

    /// <summary>Another worker's result was taken.</summary>
    public void TakenFromFarm()
    {
        span?.SetTag("farm.shared", true);
        End();
    }

    /// <summary>It failed or was interrupted.</summary>
    /// <param name="type">The failure's type, as clients know it; null for one that was stopped.</param>
    public void Stopped(string? type)
    {
        instruments.Stopped(this);
        if (type is not null)
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", type);
        End();
    }

    // Asynchronous nodes end in any order: what was current before this one may be over.
    private void End()
    {
        if (span is null)
            return;
        span.Dispose();
        Activity.Current = null;
    }
}
