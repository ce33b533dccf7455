using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Contracts.Jobs;

/// <summary>A tenant's prompts as one list, whatever has become of them. The key is the tenant; any number of these answer at once.</summary>
[Alias("farm.IJobsGrain")]
public interface IJobsGrain : IGrainWithStringKey
{
    /// <summary>
    /// A page of the jobs and how many there are. The cost does not grow with the queue. Of the ended prompts the newest count,
    /// as many as history lists (<c>Farm:History:Depth</c>).
    /// </summary>
    [Alias("List")]
    Task<JobPage> ListAsync(JobQuery query);
}

/// <summary>What has become of a prompt, in ComfyUI's words of the jobs view. Stored by number.</summary>
public enum JobStatus
{
    /// <summary>Waits for a worker.</summary>
    Pending = 0,

    /// <summary>A worker runs it.</summary>
    InProgress = 1,

    /// <summary>Ended as history's success.</summary>
    Completed = 2,

    /// <summary>Ended with an error.</summary>
    Failed = 3,

    /// <summary>Interrupted while it ran.</summary>
    Cancelled = 4,
}

/// <summary>Which jobs, in which order.</summary>
[GenerateSerializer, Immutable, Alias("farm.JobQuery")]
public sealed record JobQuery
{
    /// <summary>Jobs of these statuses; all where empty.</summary>
    [Id(0)] public ImmutableArray<JobStatus> Statuses { get; init; } = [];

    /// <summary>Jobs of this workflow (<c>extra_pnginfo.workflow.id</c>); of any where null.</summary>
    [Id(1)] public string? WorkflowId { get; init; }

    /// <summary>True to sort by the time the run took (0 for what has not ended), false by the time of submission.</summary>
    [Id(2)] public bool ByDuration { get; init; }

    /// <summary>Smallest first; largest first by default.</summary>
    [Id(3)] public bool Ascending { get; init; }

    /// <summary>Jobs to pass over; not negative.</summary>
    [Id(4)] public int Offset { get; init; }

    /// <summary>Jobs at the most; null for as many as history lists.</summary>
    [Id(5)] public int? Limit { get; init; }
}

/// <summary>A page of jobs.</summary>
/// <param name="Jobs">The page, in order.</param>
/// <param name="Total">Jobs that the query fits, the page's included.</param>
[GenerateSerializer, Immutable, Alias("farm.JobPage")]
public sealed record JobPage(ImmutableArray<Job> Jobs, int Total);

/// <summary>One job.</summary>
[GenerateSerializer, Immutable, Alias("farm.Job")]
public sealed record Job
{
    /// <summary>The id clients know.</summary>
    [Id(0)] public required string PromptId { get; init; }

    /// <summary>What has become of it.</summary>
    [Id(1)] public required JobStatus Status { get; init; }

    /// <summary>Rank in the queue.</summary>
    [Id(2)] public required double Number { get; init; }

    /// <summary>When it was accepted, in milliseconds since 1970.</summary>
    [Id(3)] public required long CreatedAt { get; init; }

    /// <summary>The workflow it came from, where the client named one.</summary>
    [Id(4)] public string? WorkflowId { get; init; }

    /// <summary>UI outputs in order of execution; empty before the end.</summary>
    [Id(5)] public ImmutableArray<NodeUi> Outputs { get; init; } = [];

    /// <summary>start, cached, and success, error or interrupted, in order; empty before the end.</summary>
    [Id(6)] public ImmutableArray<RunEvent> Messages { get; init; } = [];
}
