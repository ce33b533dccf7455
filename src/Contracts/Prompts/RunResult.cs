using System.Collections.Immutable;
using Farm.Contracts.Workers;

namespace Farm.Contracts.Prompts;

/// <summary>How an attempt ended.</summary>
public enum RunOutcome
{
    /// <summary>All targets ran.</summary>
    Success,

    /// <summary>A node failed, or the graph could not be executed.</summary>
    Error,

    /// <summary>A client interrupted it.</summary>
    Interrupted,
}

/// <summary>What a worker hands in at the end of an attempt.</summary>
[GenerateSerializer, Immutable, Alias("farm.RunResult")]
public sealed record RunResult
{
    /// <summary>The attempt that ends.</summary>
    [Id(0)] public required int Attempt { get; init; }

    /// <summary>How it ended.</summary>
    [Id(1)] public required RunOutcome Outcome { get; init; }

    /// <summary>
    /// Whether history counts the run as completed. Follows the outcome, but for run-time cycles, which ComfyUI records as
    /// a success whose messages end with an error.
    /// </summary>
    [Id(2)] public required bool Completed { get; init; }

    /// <summary>
    /// The events that were not reported yet, in order; the last one is <see cref="ExecutionSuccess"/>,
    /// <see cref="ExecutionError"/> or <see cref="ExecutionInterrupted"/>.
    /// </summary>
    [Id(3)] public required ImmutableArray<RunEvent> Events { get; init; }

    /// <summary>UI outputs of the run, in order of execution, for history.</summary>
    [Id(4)] public required ImmutableArray<NodeUi> Outputs { get; init; }

    /// <summary>
    /// Whose failure an error is: with one of the worker's the prompt is tried elsewhere if it may be, and the worker is counted a fault.
    /// </summary>
    [Id(5)] public WorkerFault Fault { get; init; }

    /// <summary>What it took of the device; null where nothing was measured.</summary>
    [Id(6)] public RunUsage? Usage { get; init; }

    /// <summary>The contents of the model files that the graph names, as far as the worker knows them.</summary>
    [Id(7)] public ImmutableArray<ModelHash> ModelHashes { get; init; } = [];
}

/// <summary>The UI record of one node, as history shows it under <c>outputs</c> and <c>meta</c>.</summary>
[GenerateSerializer, Immutable, Alias("farm.NodeUi")]
public sealed record NodeUi
{
    /// <summary>The id the record stands under; ids of expanded nodes included.</summary>
    [Id(0)] public required string NodeId { get; init; }

    /// <summary>The ids of <c>meta</c>; they are the first node's where equal nodes share a result.</summary>
    [Id(1)] public required NodeIdentity Meta { get; init; }

    /// <summary>The UI output as JSON text.</summary>
    [Id(2)] public required string Output { get; init; }
}

/// <summary>The four names a node goes by in events and history.</summary>
/// <param name="NodeId">The node itself, possibly made by an expansion.</param>
/// <param name="DisplayNode">The node a frontend should light up.</param>
/// <param name="ParentNode">The node that expanded into it, or null.</param>
/// <param name="RealNode">The topmost ancestor that stands in the submitted graph.</param>
[GenerateSerializer, Immutable, Alias("farm.NodeIdentity")]
public sealed record NodeIdentity(string NodeId, string DisplayNode, string? ParentNode, string RealNode)
{
    /// <summary>A node of the submitted graph goes by one name.</summary>
    public static NodeIdentity Of(string nodeId) => new(nodeId, nodeId, null, nodeId);
}
