using System.Collections.Immutable;
using System.Diagnostics;
using Farm.Contracts.Prompts;
using Farm.Nodes;

namespace Farm.Worker.Execution;

/// <summary>A prompt to execute.</summary>
internal sealed record RunRequest
{
    /// <summary>Whose prompt it is.</summary>
    public required string Tenant { get; init; }

    /// <summary>The id that clients know.</summary>
    public required string PromptId { get; init; }

    /// <summary>The graph, JSON text.</summary>
    public required string Prompt { get; init; }

    /// <summary>extra_data, JSON text.</summary>
    public string ExtraData { get; init; } = "{}";

    /// <summary>Secrets taken out of extra_data, JSON text, or null.</summary>
    public string? Secrets { get; init; }

    /// <summary>Whether the prompt has a client; without one, UI outputs of cached nodes are neither sent nor kept in history.</summary>
    public bool HasClient { get; init; }

    /// <summary>The output nodes to execute, in order.</summary>
    public required ImmutableArray<string> Targets { get; init; }

    /// <summary>Files, for the nodes.</summary>
    public required INodeFiles Files { get; init; }

    /// <summary>The span that the nodes' spans are parts of; the default where nobody listens.</summary>
    public ActivityContext Trace { get; init; }
}

/// <summary>How an execution ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Completed">What history says; true for a run-time cycle, as in ComfyUI.</param>
/// <param name="Closing">The last event, not emitted yet.</param>
/// <param name="Outputs">UI outputs in order of execution.</param>
internal sealed record RunEnd(RunOutcome Outcome, bool Completed, RunEvent Closing, ImmutableArray<NodeUi> Outputs);
