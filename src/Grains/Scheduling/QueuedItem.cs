namespace Farm.Grains.Scheduling;

/// <summary>A prompt in the scheduler's memory: its rank, what it needs, and its lease while it has one. No graph.</summary>
internal sealed class QueuedItem(Guid runId, string promptId, double number, Requirement requirement, TenantQueue tenant)
{
    /// <summary>Key of the prompt's grain.</summary>
    public Guid RunId { get; } = runId;

    /// <summary>The id clients know.</summary>
    public string PromptId { get; } = promptId;

    /// <summary>Rank in the tenant, smallest first.</summary>
    public double Number { get; } = number;

    /// <summary>Classes a worker must have.</summary>
    public Requirement Requirement { get; } = requirement;

    /// <summary>The tenant it counts for.</summary>
    public TenantQueue Tenant { get; } = tenant;

    /// <summary>The attempt its next or current lease carries.</summary>
    public int Attempt { get; set; }

    /// <summary>Whether its grain holds it in memory while it waits.</summary>
    public bool Resident { get; set; }

    /// <summary>Its lease; null while it waits.</summary>
    public LeaseTerm? Lease { get; set; }

    /// <summary>Another run of the same prompt id, as ComfyUI allows.</summary>
    public QueuedItem? SamePromptId { get; set; }
}

/// <summary>A lease as the scheduler keeps it.</summary>
internal sealed class LeaseTerm
{
    /// <summary>The worker that holds it, or held it before a restart of the scheduler.</summary>
    public required string WorkerId { get; set; }

    /// <summary>When it ends if it is not renewed.</summary>
    public required DateTimeOffset End { get; set; }

    /// <summary>Counts hand-outs: the order in which running prompts are listed.</summary>
    public required long Order { get; init; }
}

/// <summary>Rank inside a tenant: the number, then the prompt's id as text (ComfyUI 0.19.3, recorded), then the run's id.</summary>
internal sealed class RankComparer : IComparer<QueuedItem>
{
    /// <summary>The only one needed.</summary>
    public static readonly RankComparer Instance = new();

    /// <inheritdoc/>
    public int Compare(QueuedItem? x, QueuedItem? y)
    {
        if (ReferenceEquals(x, y)) return 0;
        if (x is null) return -1;
        if (y is null) return 1;
        var byNumber = x.Number.CompareTo(y.Number);
        if (byNumber != 0) return byNumber;
        var byId = string.CompareOrdinal(x.PromptId, y.PromptId);
        return byId != 0 ? byId : x.RunId.CompareTo(y.RunId);
    }
}
