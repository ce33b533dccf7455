using System.Collections.Immutable;

namespace Farm.Contracts.Prompts;

/// <summary>
/// Something that happened in a run. Workers report these; the prompt's grain keeps what history needs and passes them to
/// the client's session. The gateway writes them in ComfyUI's shape (execution-semantics, section 16).
/// </summary>
[GenerateSerializer, Immutable, Alias("farm.RunEvent")]
public abstract record RunEvent;

/// <summary>The executor took the prompt up.</summary>
/// <param name="Timestamp">Milliseconds since 1970.</param>
[GenerateSerializer, Immutable, Alias("farm.ExecutionStart")]
public sealed record ExecutionStart(long Timestamp) : RunEvent;

/// <summary>The prompt's nodes whose results are cached, in prompt order.</summary>
/// <param name="Nodes">Node ids.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
[GenerateSerializer, Immutable, Alias("farm.ExecutionCached")]
public sealed record ExecutionCached(ImmutableArray<string> Nodes, long Timestamp) : RunEvent;

/// <summary>One node's progress changed. Only the change travels; the prompt's grain keeps the whole list.</summary>
/// <param name="Progress">The node's new progress.</param>
[GenerateSerializer, Immutable, Alias("farm.NodeProgressed")]
public sealed record NodeProgressed(NodeProgress Progress) : RunEvent;

/// <summary>All nodes touched so far, in order of first touch: what a <c>progress_state</c> message shows.</summary>
/// <param name="Nodes">Their progress.</param>
[GenerateSerializer, Immutable, Alias("farm.ProgressState")]
public sealed record ProgressState(ImmutableArray<NodeProgress> Nodes) : RunEvent;

/// <summary>A node starts; a null node closes the run.</summary>
/// <param name="Node">The node, or null at the end.</param>
/// <param name="DisplayNode">The node to light up; null with a null node.</param>
[GenerateSerializer, Immutable, Alias("farm.NodeExecuting")]
public sealed record NodeExecuting(string? Node, string? DisplayNode) : RunEvent;

/// <summary>A progress bar moved.</summary>
/// <param name="Node">The node that shows it.</param>
/// <param name="Value">Steps done.</param>
/// <param name="Max">Steps in all.</param>
[GenerateSerializer, Immutable, Alias("farm.NodeStepped")]
public sealed record NodeStepped(string Node, double Value, double Max) : RunEvent;

/// <summary>A node has a UI output.</summary>
/// <param name="Node">The node.</param>
/// <param name="DisplayNode">The node to show it at.</param>
/// <param name="Output">The output as JSON text; null when a cached node has none.</param>
[GenerateSerializer, Immutable, Alias("farm.NodeExecuted")]
public sealed record NodeExecuted(string Node, string DisplayNode, string? Output) : RunEvent;

/// <summary>An image for the client's socket: a sampling preview, or an image that is itself the result.</summary>
/// <param name="Node">The node it comes from.</param>
/// <param name="MimeType"><c>image/png</c> or <c>image/jpeg</c>.</param>
/// <param name="Data">The encoded image.</param>
/// <param name="IsResult">True when it must arrive (SaveImageWebsocket); a preview may be dropped for a newer one.</param>
[GenerateSerializer, Immutable, Alias("farm.ImagePreview")]
public sealed record ImagePreview(NodeIdentity Node, string MimeType, byte[] Data, bool IsResult) : RunEvent;

/// <summary>A text a node shows while it runs (binary frame 3).</summary>
/// <param name="Node">The node.</param>
/// <param name="Text">The text.</param>
[GenerateSerializer, Immutable, Alias("farm.ProgressText")]
public sealed record ProgressText(string Node, string Text) : RunEvent;

/// <summary>All targets ran.</summary>
/// <param name="Timestamp">Milliseconds since 1970.</param>
[GenerateSerializer, Immutable, Alias("farm.ExecutionSuccess")]
public sealed record ExecutionSuccess(long Timestamp) : RunEvent;

/// <summary>A node failed.</summary>
/// <param name="Failure">What failed and how.</param>
/// <param name="Timestamp">Milliseconds since 1970; null for a blocker's report, which carries none and is not kept in history.</param>
[GenerateSerializer, Immutable, Alias("farm.ExecutionError")]
public sealed record ExecutionError(ExecutionFailure Failure, long? Timestamp) : RunEvent;

/// <summary>The run was interrupted.</summary>
/// <param name="NodeId">The submitted graph's node at which it stopped.</param>
/// <param name="NodeType">Its class.</param>
/// <param name="Executed">Ids of the nodes that had finished.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
[GenerateSerializer, Immutable, Alias("farm.ExecutionInterrupted")]
public sealed record ExecutionInterrupted(string NodeId, string NodeType, ImmutableArray<string> Executed, long Timestamp) : RunEvent;

/// <summary>Progress of one node.</summary>
[GenerateSerializer, Immutable, Alias("farm.NodeProgress")]
public sealed record NodeProgress
{
    /// <summary>The node's names.</summary>
    [Id(0)] public required NodeIdentity Node { get; init; }

    /// <summary>Steps done.</summary>
    [Id(1)] public required double Value { get; init; }

    /// <summary>Steps in all.</summary>
    [Id(2)] public required double Max { get; init; }

    /// <summary>False while it runs; a failed node stays so.</summary>
    [Id(3)] public required bool Finished { get; init; }

    /// <summary>True for a cache hit, whose 1/1 ComfyUI writes as integers.</summary>
    [Id(4)] public bool Cached { get; init; }
}

/// <summary>When a run that has begun should be over, by the measured times of others like it. Only clients that ask for it are told.</summary>
/// <param name="End">Milliseconds since 1970.</param>
[GenerateSerializer, Immutable, Alias("farm.RunForecast")]
public sealed record RunForecast(long End) : RunEvent;

/// <summary>The fields of an <c>execution_error</c> message.</summary>
[GenerateSerializer, Immutable, Alias("farm.ExecutionFailure")]
public sealed record ExecutionFailure
{
    /// <summary>The submitted graph's node that failed.</summary>
    [Id(0)] public required string NodeId { get; init; }

    /// <summary>Its class in the submitted graph.</summary>
    [Id(1)] public required string NodeType { get; init; }

    /// <summary>Ids of the nodes that finished before, in order of finishing.</summary>
    [Id(2)] public required ImmutableArray<string> Executed { get; init; }

    /// <summary>What went wrong, for people.</summary>
    [Id(3)] public required string Message { get; init; }

    /// <summary>The kind of failure, named as ComfyUI's clients know it (<c>ValueError</c>, <c>RuntimeError</c>, …).</summary>
    [Id(4)] public required string Type { get; init; }

    /// <summary>One line a frame.</summary>
    [Id(5)] public required ImmutableArray<string> Traceback { get; init; }

    /// <summary>The failing node's inputs as JSON text: name → list of values; <c>{}</c> or <c>[]</c> where there are none.</summary>
    [Id(6)] public required string CurrentInputs { get; init; }

    /// <summary>Ids that the output cache knew at the start of the prompt.</summary>
    [Id(7)] public required ImmutableArray<string> CurrentOutputs { get; init; }
}
