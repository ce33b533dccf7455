using System.Collections.Immutable;

namespace Farm.Contracts.Scheduling;

/// <summary>What a prompt asks of the farm beside its classes: where it may run, and how soon.</summary>
[GenerateSerializer, Immutable, Alias("farm.PromptNeeds")]
public sealed record PromptNeeds
{
    /// <summary>Nothing.</summary>
    public static readonly PromptNeeds None = new();

    /// <summary>Model files that its combos name, as <c>folder/name</c>; a worker must have them.</summary>
    [Id(0)] public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Bytes of those files together.</summary>
    [Id(1)] public long FileBytes { get; init; }

    /// <summary>The pool of workers that may run it; empty for those that are in none.</summary>
    [Id(2)] public string Pool { get; init; } = "";

    /// <summary>Labels that a worker must have.</summary>
    [Id(3)] public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Its class among the prompts of its tenant.</summary>
    [Id(4)] public PriorityClass Priority { get; init; }

    /// <summary>When it is wanted; it comes first in its tenant as that nears.</summary>
    [Id(5)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Names its workflow with the sizes that decide how long it runs; prompts that differ in seeds and texts share it.</summary>
    [Id(6)] public string Shape { get; init; } = "";
}

/// <summary>Classes of prompts inside a tenant. Stored by number.</summary>
public enum PriorityClass
{
    /// <summary>After the others, until it has waited.</summary>
    Low = -1,

    /// <summary>What is not said to be another.</summary>
    Normal = 0,

    /// <summary>Before the others.</summary>
    High = 1,
}

/// <summary>What the scheduler expects of a prompt that waits or runs.</summary>
[GenerateSerializer, Immutable, Alias("farm.PromptForecast")]
public sealed record PromptForecast
{
    /// <summary>Key of the prompt's grain.</summary>
    [Id(0)] public required Guid RunId { get; init; }

    /// <summary>The id clients know.</summary>
    [Id(4)] public required string PromptId { get; init; }

    /// <summary>When it should be over, by the measured times of runs of its shape; null while nothing is known or it cannot run.</summary>
    [Id(1)] public DateTimeOffset? End { get; init; }

    /// <summary>About how many prompts of the tenant come before it; 0 for a running one.</summary>
    [Id(2)] public int Ahead { get; init; }

    /// <summary>Why no living worker takes it as things are: what it lacks, or who paused it; null when one can, or it runs.</summary>
    [Id(3)] public string? Blocked { get; init; }
}
