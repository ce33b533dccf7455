using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>Where a prompt is on its way.</summary>
internal enum PromptStatus
{
    /// <summary>Waits for a worker.</summary>
    Queued = 0,

    /// <summary>A worker runs the current attempt.</summary>
    Running = 1,

    /// <summary>Over: it stands in history.</summary>
    Ended = 2,
}

/// <summary>An attempt that came to nothing: its worker went silent, gave it back, or failed.</summary>
/// <param name="Attempt">Its number.</param>
/// <param name="WorkerId">The worker, when it had begun.</param>
/// <param name="Reason">What the scheduler saw or the worker said.</param>
/// <param name="At">When it was given up.</param>
/// <param name="StartedAt">When it had begun; null when it had not.</param>
/// <param name="GivenBack">Whether its worker gave it back.</param>
internal sealed record LostAttempt(int Attempt, string? WorkerId, string Reason, DateTimeOffset At, DateTimeOffset? StartedAt = null, bool GivenBack = false)
{
    /// <summary>Whether it counts against the prompt: it had begun, and was not given back.</summary>
    public bool Counts() => WorkerId is not null && !GivenBack;
}

/// <summary>All that is true of a submission at one moment, as stored.</summary>
internal sealed record PromptState
{
    /// <summary>Key of the prompt's grain.</summary>
    public required Guid RunId { get; init; }

    /// <summary>What was submitted; its secrets live in memory only.</summary>
    public required PromptSubmission Submission { get; init; }

    /// <summary>Where it is.</summary>
    public PromptStatus Status { get; init; }

    /// <summary>The attempt that may write: the running one, or the next.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The worker of the running or last attempt.</summary>
    public string? WorkerId { get; init; }

    /// <summary>When the current attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the prompt was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended, once it has.</summary>
    public RunOutcome? Outcome { get; init; }

    /// <summary>Whether the running attempt is to be interrupted.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Attempts whose workers went silent, oldest first.</summary>
    public ImmutableArray<LostAttempt> Lost { get; init; } = [];

    /// <summary>Counts the writes; the store refuses one that does not follow the last.</summary>
    public long Revision { get; init; }
}

/// <summary>What history keeps of an ended run.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Completed">Whether history counts it as completed.</param>
/// <param name="Outputs">UI outputs in order of execution.</param>
/// <param name="Messages">Events that history lists.</param>
internal sealed record PromptEnd(RunOutcome Outcome, bool Completed, ImmutableArray<NodeUi> Outputs, ImmutableArray<RunEvent> Messages)
{
    /// <summary>Contents of the model files that the graph names, for the ledger.</summary>
    public ImmutableArray<ModelHash> ModelHashes { get; init; } = [];
}
