using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;

namespace Farm.Contracts.Batches;

/// <summary>A batch as the gateway hands it over: its first index validated, the values of all indices checked one by one.</summary>
[GenerateSerializer, Immutable, Alias("farm.BatchSubmission")]
public sealed record BatchSubmission
{
    /// <summary>A name for people; empty for none.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>
    /// The submission of the first index. The others differ in the values of parameters, in id, number, time and index; secrets and a
    /// client are not among what a batch keeps.
    /// </summary>
    [Id(1)] public required PromptSubmission Template { get; init; }

    /// <summary>Which values which index has.</summary>
    [Id(2)] public required BatchPlan Plan { get; init; }

    /// <summary>Checks by code of the nodes whose inputs are parameters; made by the worker that runs an index.</summary>
    [Id(3)] public ImmutableArray<NodeCheck> Checks { get; init; } = [];

    /// <summary>How many of its prompts may wait or run at a time; at least 1.</summary>
    [Id(4)] public required int Concurrency { get; init; }

    /// <summary>What a failed index means.</summary>
    [Id(5)] public FailurePolicy OnFailure { get; init; }

    /// <summary>How often an index is tried again.</summary>
    [Id(6)] public int Retries { get; init; }

    /// <summary>Batches of the tenant that must end first.</summary>
    [Id(7)] public ImmutableArray<Guid> After { get; init; } = [];

    /// <summary>What it means when one of those did not complete.</summary>
    [Id(8)] public PredecessorPolicy OnPredecessorFailure { get; init; }

    /// <summary>The address that is told of the end; null for none.</summary>
    [Id(9)] public string? Webhook { get; init; }
}

/// <summary>What a failed index means for its batch. Stored by number.</summary>
public enum FailurePolicy
{
    /// <summary>The others go on.</summary>
    Continue = 0,

    /// <summary>Nothing more is handed in, what waits is removed, what runs goes on.</summary>
    Stop = 1,
}

/// <summary>What it means for a batch that one it comes after did not complete. Stored by number.</summary>
public enum PredecessorPolicy
{
    /// <summary>It is cancelled.</summary>
    Cancel = 0,

    /// <summary>It runs all the same.</summary>
    Run = 1,
}

/// <summary>The values of a batch: axes, how they are combined, and the order in which the indices are handed in.</summary>
[GenerateSerializer, Immutable, Alias("farm.BatchPlan")]
public sealed record BatchPlan
{
    /// <summary>The axes; none for a batch of one index.</summary>
    [Id(0)] public ImmutableArray<BatchAxis> Axes { get; init; } = [];

    /// <summary>Whether the axes go side by side; otherwise each value of one with each of the others, the last axis fastest.</summary>
    [Id(1)] public bool Zip { get; init; }

    /// <summary>The order in which indices are handed in.</summary>
    [Id(2)] public FrameOrder Order { get; init; }

    /// <summary>The step of <see cref="FrameOrder.Every"/>; at least 1.</summary>
    [Id(3)] public int Step { get; init; } = 1;
}

/// <summary>Inputs that change together.</summary>
[GenerateSerializer, Immutable, Alias("farm.BatchAxis")]
public sealed record BatchAxis
{
    /// <summary>The inputs.</summary>
    [Id(0)] public required ImmutableArray<BatchTarget> Targets { get; init; }

    /// <summary>A JSON array of values a row, one value an input.</summary>
    [Id(1)] public required ImmutableArray<string> Rows { get; init; }

    /// <summary>Rows that break a rule, in their order: an index with one of them fails without being handed in.</summary>
    [Id(2)] public ImmutableArray<BadRow> Bad { get; init; } = [];
}

/// <summary>An input of a node.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Input">Its input.</param>
/// <param name="Folder">The model folder that its values are files of; null where they are none.</param>
[GenerateSerializer, Immutable, Alias("farm.BatchTarget")]
public sealed record BatchTarget(string NodeId, string Input, string? Folder = null);

/// <summary>A row whose values break a rule.</summary>
/// <param name="Row">Which, from 0.</param>
/// <param name="Error">What is wrong.</param>
[GenerateSerializer, Immutable, Alias("farm.BadRow")]
public sealed record BadRow(int Row, string Error);

/// <summary>The order in which a batch's indices are handed in. Stored by number.</summary>
public enum FrameOrder
{
    /// <summary>0, 1, 2, …</summary>
    Forward = 0,

    /// <summary>The last first.</summary>
    Reverse = 1,

    /// <summary>The first, the last, then the middle of each gap, the widest gaps first: a coarse look at the whole, refined.</summary>
    FirstLastMiddle = 2,

    /// <summary>Every n-th from 0, then every n-th from 1, and so on: all are handed in, a coarse pass first.</summary>
    Every = 3,
}
