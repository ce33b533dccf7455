using System.Collections.Concurrent;
using System.Diagnostics;
using Farm.Contracts.Batches;
using Farm.Contracts.Prompts;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Prompts;

/// <summary>Which trace the spans of a prompt belong to.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly ActivityContext _submission = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Farm.", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private string TraceParent => $"00-{_submission.TraceId}-{_submission.SpanId}-01";

    [Fact]
    public async Task Prompt_BegunAfterARestartOfItsSilo_StaysInTheTraceOfItsSubmission()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p") with { TraceParent = TraceParent });
        await farm.KillAsync();
        await farm.StartAgainAsync();
        await farm.Catalog.RegisterAsync(Samples.Manifest("w1", Samples.Hash, "EmptyImage", "PreviewImage"));

        var job = await farm.RunNextAsync();

        Assert.Equal(TraceParent, job.Submission.TraceParent);
        var own = _spans.Where(s => s.TraceId == _submission.TraceId).ToList();
        Assert.Equal(["begin", "commit", "end", "queued"], own.Select(s => s.OperationName).Order(StringComparer.Ordinal));
        Assert.All(own, span => Assert.Equal(_submission.SpanId, span.ParentSpanId));
    }

    [Fact]
    public async Task PromptsOfABatch_EachHaveATraceThatIsLinkedToTheBatchsSubmission()
    {
        await using var farm = await FarmCluster.StartAsync();
        var batch = Guid.NewGuid();
        await farm.Grains.GetGrain<IBatchGrain>(batch).SubmitAsync(new BatchSubmission
        {
            Template = Samples.Submission("template") with { TraceParent = TraceParent },
            Plan = new BatchPlan { Axes = [new BatchAxis { Targets = [new BatchTarget("1", "width")], Rows = ["[8]", "[16]"] }] },
            Concurrency = 2,
        });

        var jobs = new List<PromptJob>();
        while (jobs.Count < 2)
        {
            if (await farm.ClaimAsync() is { } lease) jobs.Add((await farm.Prompt(lease.RunId).BeginAsync(lease.Attempt, "w1"))!);
        }

        var begun = _spans.Where(s => s.Source.Name == "Farm.Batches" && batch.Equals(s.GetTagItem("farm.batch_id"))).ToList();
        Assert.Equal(jobs.Select(j => j.Submission.TraceParent).Order(StringComparer.Ordinal), begun.Select(s => s.Id).Order(StringComparer.Ordinal));
        Assert.Equal(2, begun.Select(s => s.TraceId).Distinct().Count());
        Assert.All(begun, span =>
        {
            Assert.Equal(default, span.ParentSpanId);
            Assert.Equal(_submission.SpanId, Assert.Single(span.Links).Context.SpanId);
            Assert.Contains(_spans, s => s.OperationName == "begin" && s.ParentSpanId == span.SpanId);
        });
    }

    public void Dispose() => _listener.Dispose();
}
