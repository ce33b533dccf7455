using System.Collections.Immutable;
using Farm.Contracts.Catalog;

namespace Farm.Contracts.Workers;

/// <summary>Who a worker is and what it can run; sent when it joins.</summary>
[GenerateSerializer, Immutable, Alias("farm.WorkerManifest")]
public sealed record WorkerManifest
{
    /// <summary>The worker's name, unique in the farm while it lives.</summary>
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>Hash of the definitions; workers of one build share it.</summary>
    [Id(1)] public required string ManifestHash { get; init; }

    /// <summary>Its node classes.</summary>
    [Id(2)] public required ImmutableArray<NodeDefinition> Definitions { get; init; }

    /// <summary>The machine's name.</summary>
    [Id(3)] public required string Host { get; init; }

    /// <summary>The version of libtorch it runs on.</summary>
    [Id(4)] public required string TorchVersion { get; init; }

    /// <summary>The operator's labels.</summary>
    [Id(5)] public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Node packs that did not load, each with the reason.</summary>
    [Id(6)] public ImmutableArray<string> PackErrors { get; init; } = [];

    /// <summary>How it does at the start.</summary>
    [Id(7)] public required WorkerStatus Status { get; init; }

    /// <summary>The pool it belongs to; empty for none.</summary>
    [Id(8)] public string Pool { get; init; } = "";

    /// <summary>The farm's version that it is built of.</summary>
    [Id(9)] public string Version { get; init; } = "";
}

/// <summary>How a worker does now.</summary>
[GenerateSerializer, Immutable, Alias("farm.WorkerStatus")]
public sealed record WorkerStatus
{
    /// <summary>The worker's name.</summary>
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>Its devices; one a process, but for tests.</summary>
    [Id(1)] public required ImmutableArray<WorkerDevice> Devices { get; init; }

    /// <summary>Runs in progress.</summary>
    [Id(2)] public ImmutableArray<Guid> Running { get; init; } = [];

    /// <summary>Names of the model files that are resident.</summary>
    [Id(3)] public ImmutableArray<string> ResidentModels { get; init; } = [];

    /// <summary>Whether an operator has it drained.</summary>
    [Id(4)] public WorkerDrain Drain { get; init; }

    /// <summary>Where its runs stand; those whose first node has begun.</summary>
    [Id(5)] public ImmutableArray<RunningNode> Nodes { get; init; } = [];

    /// <summary>What its prompts failed with last, the newest first.</summary>
    [Id(6)] public ImmutableArray<RunError> Errors { get; init; } = [];
}

/// <summary>Whether a worker asks for work.</summary>
public enum WorkerDrain
{
    /// <summary>It does.</summary>
    None = 0,

    /// <summary>It does not, until it is resumed; it forgets that when its process starts again.</summary>
    Holds = 1,

    /// <summary>It does not, and ends its process when nothing runs any more.</summary>
    Leaves = 2,
}

/// <summary>The node that a run is at.</summary>
[GenerateSerializer, Immutable, Alias("farm.RunningNode")]
public sealed record RunningNode
{
    /// <summary>Key of the prompt's grain.</summary>
    [Id(0)] public required Guid RunId { get; init; }

    /// <summary>The node.</summary>
    [Id(1)] public required string Node { get; init; }

    /// <summary>Steps done.</summary>
    [Id(2)] public double Value { get; init; }

    /// <summary>Steps in all; 0 while the node has shown none.</summary>
    [Id(3)] public double Max { get; init; }

    /// <summary>When the node began.</summary>
    [Id(4)] public required DateTimeOffset Since { get; init; }

    /// <summary>When it last moved.</summary>
    [Id(5)] public required DateTimeOffset MovedAt { get; init; }
}

/// <summary>How a prompt failed.</summary>
/// <param name="RunId">Key of the prompt's grain.</param>
/// <param name="Text">Node, kind of failure and its text, shortened.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("farm.RunError")]
public sealed record RunError(Guid RunId, string Text, DateTimeOffset At);

/// <summary>A device as <c>/system_stats</c> lists it. Sizes in bytes.</summary>
[GenerateSerializer, Immutable, Alias("farm.WorkerDevice")]
public sealed record WorkerDevice
{
    /// <summary>The device's name; <c>cpu</c> for the processor.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary><c>cpu</c> or <c>cuda</c>.</summary>
    [Id(1)] public required string Type { get; init; }

    /// <summary>Which of its type; null for the processor.</summary>
    [Id(2)] public int? Index { get; init; }

    /// <summary>Memory of the device; of the machine for the processor.</summary>
    [Id(3)] public required long MemoryTotal { get; init; }

    /// <summary>Of that, free.</summary>
    [Id(4)] public required long MemoryFree { get; init; }

    /// <summary>Held by libtorch.</summary>
    [Id(5)] public required long TorchTotal { get; init; }

    /// <summary>Of that, not in use.</summary>
    [Id(6)] public required long TorchFree { get; init; }
}

/// <summary>A living worker: its manifest without the definitions, and its last status.</summary>
[GenerateSerializer, Immutable, Alias("farm.WorkerInfo")]
public sealed record WorkerInfo
{
    /// <summary>The worker's name.</summary>
    [Id(0)] public required string WorkerId { get; init; }

    /// <summary>The machine's name.</summary>
    [Id(1)] public required string Host { get; init; }

    /// <summary>The version of libtorch it runs on.</summary>
    [Id(2)] public required string TorchVersion { get; init; }

    /// <summary>The operator's labels.</summary>
    [Id(3)] public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Node packs that did not load, each with the reason.</summary>
    [Id(4)] public required ImmutableArray<string> PackErrors { get; init; }

    /// <summary>Its last status.</summary>
    [Id(5)] public required WorkerStatus Status { get; init; }

    /// <summary>When that was.</summary>
    [Id(6)] public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The pool it belongs to; empty for none.</summary>
    [Id(7)] public string Pool { get; init; } = "";

    /// <summary>The farm's version that it is built of.</summary>
    [Id(8)] public string Version { get; init; } = "";
}
