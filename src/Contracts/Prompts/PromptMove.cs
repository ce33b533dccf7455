using System.Collections.Immutable;
using Farm.Contracts.Scheduling;

namespace Farm.Contracts.Prompts;

/// <summary>Another place for a waiting prompt; what is null stays as it is.</summary>
[GenerateSerializer, Immutable, Alias("farm.PromptMove")]
public sealed record PromptMove
{
    /// <summary>Its rank inside its class, smallest first.</summary>
    [Id(0)] public double? Number { get; init; }

    /// <summary>The pool of workers that may run it; empty for those that are in none.</summary>
    [Id(1)] public string? Pool { get; init; }

    /// <summary>Labels that a worker must have.</summary>
    [Id(2)] public ImmutableArray<string>? Labels { get; init; }

    /// <summary>Its class.</summary>
    [Id(3)] public PriorityClass? Priority { get; init; }
}

/// <summary>Where a waiting prompt stands.</summary>
/// <param name="Number">Its rank inside its class.</param>
/// <param name="Needs">What it asks of the farm.</param>
[GenerateSerializer, Immutable, Alias("farm.PromptPlace")]
public sealed record PromptPlace(double Number, PromptNeeds Needs);
