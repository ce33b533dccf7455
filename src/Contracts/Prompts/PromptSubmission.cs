using System.Collections.Immutable;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Contracts.Prompts;

/// <summary>A validated submission as the gateway hands it over.</summary>
[GenerateSerializer, Immutable, Alias("farm.PromptSubmission")]
public sealed record PromptSubmission
{
    /// <summary>The tenant that owns the prompt; <c>default</c> where tenants are not used.</summary>
    [Id(0)] public required string Tenant { get; init; }

    /// <summary>The user inside the tenant; <c>default</c> outside multi-user mode.</summary>
    [Id(1)] public required string User { get; init; }

    /// <summary>The id that clients see: given by them as any text, or a random UUID.</summary>
    [Id(2)] public required string PromptId { get; init; }

    /// <summary>Rank in the tenant's queue, smallest first; negative for <c>front</c>.</summary>
    [Id(3)] public required double Number { get; init; }

    /// <summary>The graph as JSON text, with coerced literals written back and the order of its keys kept.</summary>
    [Id(4)] public required string Prompt { get; init; }

    /// <summary>extra_data as JSON text, with client_id and create_time and without secrets.</summary>
    [Id(5)] public required string ExtraData { get; init; }

    /// <summary>
    /// Secrets taken out of extra_data (auth_token_comfy_org, api_key_comfy_org) as a JSON object, or null. Kept in memory
    /// until the run ends, never stored: a prompt that outlives a restart runs without them.
    /// </summary>
    [Id(6)] public string? Secrets { get; init; }

    /// <summary>The socket that gets the run's events; null sends the few events meant for everybody.</summary>
    [Id(7)] public string? ClientId { get; init; }

    /// <summary>Ids of the output nodes to execute, in prompt order.</summary>
    [Id(8)] public required ImmutableArray<string> Targets { get; init; }

    /// <summary>Every class the graph names; a worker must have them all.</summary>
    [Id(9)] public required ImmutableArray<string> ClassTypes { get; init; }

    /// <summary>When the gateway accepted it.</summary>
    [Id(10)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// Checks by code that no living worker could make at submission. The worker that runs the prompt makes them before its first
    /// node; one that fails is the prompt's execution_error. Stored with the prompt.
    /// </summary>
    [Id(11)] public ImmutableArray<NodeCheck> DeferredChecks { get; init; } = [];

    /// <summary>The workflow it came from (<c>extra_data.extra_pnginfo.workflow.id</c>), by which jobs are listed; null where none is named.</summary>
    [Id(12)] public string? WorkflowId { get; init; }

    /// <summary>What it asks of the farm: <c>extra_data.farm</c>, and what its graph shows.</summary>
    [Id(13)] public PromptNeeds Needs { get; init; } = PromptNeeds.None;

    /// <summary>The batch that it was made for; null for one that a client submitted.</summary>
    [Id(40)] public Guid? BatchId { get; init; }

    /// <summary>Its index in the batch.</summary>
    [Id(41)] public int? BatchIndex { get; init; }

    /// <summary>
    /// A hash of the body where the prompt's id is a canonical UUID: the same submission may then be repeated, and another under that id is
    /// refused. Null where ids may repeat.
    /// </summary>
    [Id(14)] public string? Fingerprint { get; init; }

    /// <summary>
    /// The trace it belongs to, as W3C's <c>traceparent</c>: the span that submitted it, the gateway's or its batch's; null when it is not traced.
    /// Stored with the prompt, so that what happens to it after a restart is in the same trace.
    /// </summary>
    [Id(42)] public string? TraceParent { get; init; }
}

/// <summary>What the submitter is told.</summary>
[GenerateSerializer, Immutable, Alias("farm.SubmitReceipt")]
public sealed record SubmitReceipt
{
    /// <summary>The id clients follow the prompt by.</summary>
    [Id(0)] public required string PromptId { get; init; }

    /// <summary>The rank it was queued with.</summary>
    [Id(1)] public required double Number { get; init; }
}

/// <summary>The work of one attempt, as a worker gets it.</summary>
[GenerateSerializer, Immutable, Alias("farm.PromptJob")]
public sealed record PromptJob
{
    /// <summary>Key of the prompt's grain.</summary>
    [Id(0)] public required Guid RunId { get; init; }

    /// <summary>1 for the first attempt. Fences every write of the run.</summary>
    [Id(1)] public required int Attempt { get; init; }

    /// <summary>The submission itself.</summary>
    [Id(2)] public required PromptSubmission Submission { get; init; }
}

/// <summary>The answer to a report.</summary>
public enum RunOrder
{
    /// <summary>Go on.</summary>
    Continue,

    /// <summary>A client interrupted the prompt: stop between two steps and complete as interrupted.</summary>
    Interrupt,

    /// <summary>The attempt was fenced off: stop, write nothing more, remove the files it wrote.</summary>
    Abandon,
}
