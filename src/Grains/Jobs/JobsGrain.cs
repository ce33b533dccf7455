using Farm.Contracts.Jobs;
using Farm.Contracts.Scheduling;
using Farm.Grains.History;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Farm.Grains.Jobs;

/// <summary>Answers from the store; holds nothing, so that as many as needed answer at once.</summary>
[StatelessWorker]
internal sealed class JobsGrain(IJobStore store, IOptions<HistoryOptions> options) : Grain, IJobsGrain
{
    private static readonly JobStatus[] All = Enum.GetValues<JobStatus>();

    private string Tenant => this.GetPrimaryKeyString();

    private int Depth => options.Value.Depth;

    /// <inheritdoc/>
    public async Task<JobPage> ListAsync(JobQuery query)
    {
        var wanted = query.Statuses.IsEmpty ? All : [.. query.Statuses.Distinct()];
        var jobs = await store.PageAsync(Tenant, query with { Statuses = [.. wanted] }, Depth);
        var total = 0;
        foreach (var status in wanted) total += await CountAsync(status, query.WorkflowId);
        return new JobPage(jobs, Math.Max(total, jobs.Length));
    }

    /// <summary>
    /// The scheduler knows how long the queue is; counting its rows would take longer the longer it is. What it does not know, as how many of a workflow wait, is
    /// counted up to the depth of history.
    /// </summary>
    private async Task<int> CountAsync(JobStatus status, string? workflowId)
    {
        if (status != JobStatus.Pending || workflowId is not null)
            return await store.CountAsync(Tenant, status, workflowId, Depth);
        var unfinished = await GrainFactory.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).CountAsync(Tenant);
        return Math.Max(0, unfinished - await store.CountAsync(Tenant, JobStatus.InProgress, workflowId: null, int.MaxValue));
    }
}
