using System.Collections.Immutable;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>A prompt in the scheduler's memory: its rank, what it needs, and its lease while it has one. No graph.</summary>
internal sealed class QueuedItem(Guid runId, string promptId, double number, Requirement requirement, RunShape shape, TenantQueue tenant)
{
    /// <summary>Key of the prompt's grain.</summary>
    public Guid RunId { get; } = runId;

    /// <summary>The id clients know.</summary>
    public string PromptId { get; } = promptId;

    /// <summary>Rank in the tenant, smallest first.</summary>
    public double Number { get; } = number;

    /// <summary>What a worker must have.</summary>
    public Requirement Requirement { get; } = requirement;

    /// <summary>How long others of its kind took.</summary>
    public RunShape Shape { get; } = shape;

    /// <summary>The tenant it counts for.</summary>
    public TenantQueue Tenant { get; } = tenant;

    /// <summary>When it was submitted, in milliseconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When it is wanted, in milliseconds since 1970.</summary>
    public long? Deadline { get; init; }

    /// <summary>Bytes of the model files it needs.</summary>
    public long FileBytes { get; init; }

    /// <summary>Its class.</summary>
    public PriorityClass Priority { get; init; }

    /// <summary>Whether its deadline is near.</summary>
    public bool IsUrgent { get; set; }

    /// <summary>Whether it was taken out.</summary>
    public bool IsGone { get; set; }

    /// <summary>The attempt its next or current lease carries.</summary>
    public int Attempt { get; set; }

    /// <summary>Whether its grain holds it in memory while it waits.</summary>
    public bool Resident { get; set; }

    /// <summary>Since when it waits for its next lease, in milliseconds since 1970.</summary>
    public long WaitsSince { get; set; }

    /// <summary>The trace it belongs to; null when it is not traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Until when it may wait for a better worker, in milliseconds since 1970; 0 before a worker was passed over for it.</summary>
    public long HeldUntil { get; set; }

    /// <summary>Workers that it was lost or given back by.</summary>
    public ImmutableArray<string> Avoids { get; set; } = [];

    /// <summary>When it came back to the queue, in milliseconds since 1970.</summary>
    public long CameBackAt { get; set; }

    /// <summary>Its lease; null while it waits.</summary>
    public LeaseTerm? Lease { get; set; }

    /// <summary>Another run of the same prompt id, as ComfyUI allows.</summary>
    public QueuedItem? SamePromptId { get; set; }

    /// <summary>The same prompt, to wait again after it was taken out.</summary>
    public QueuedItem In(TenantQueue tenant, Requirement requirement) => new(RunId, PromptId, Number, requirement, Shape, tenant)
    {
        CreatedAt = CreatedAt,
        Deadline = Deadline,
        FileBytes = FileBytes,
        Priority = Priority,
        Attempt = Attempt,
        Resident = Resident,
        WaitsSince = WaitsSince,
        TraceParent = TraceParent,
        Avoids = Avoids,
        CameBackAt = CameBackAt,
    };
}

/// <summary>A lease as the scheduler keeps it.</summary>
internal sealed class LeaseTerm
{
    /// <summary>The worker that holds it, or held it before a restart of the scheduler.</summary>
    public required string WorkerId { get; set; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ends if it is not renewed.</summary>
    public required DateTimeOffset End { get; set; }

    /// <summary>How long the run was expected to take: what its tenant was charged in advance.</summary>
    public required TimeSpan Expected { get; init; }

    /// <summary>Counts hand-outs: the order in which running prompts are listed.</summary>
    public required long Order { get; init; }
}
