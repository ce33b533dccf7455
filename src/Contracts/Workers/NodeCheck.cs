using System.Collections.Immutable;

namespace Farm.Contracts.Workers;

/// <summary>
/// A node whose class has a validator of its own, with what that is to judge (execution-semantics, 5.9). Made by the gateway; a
/// worker answers it, at once or, when none lives, before the prompt's first node.
/// </summary>
[GenerateSerializer, Immutable, Alias("farm.NodeCheck")]
public sealed record NodeCheck
{
    /// <summary>The node's id.</summary>
    [Id(0)] public required string NodeId { get; init; }

    /// <summary>Its class.</summary>
    [Id(1)] public required string ClassType { get; init; }

    /// <summary>
    /// The inputs that the validator takes and the prompt has, as a JSON object: literals coerced, links null, raw links as they are.
    /// Hidden inputs and <c>input_types</c> are not among them.
    /// </summary>
    [Id(2)] public required string Arguments { get; init; }

    /// <summary>The declared inputs that are linked; what a validator sees as <c>input_types</c>.</summary>
    [Id(3)] public ImmutableArray<LinkedInput> Links { get; init; } = [];
}

/// <summary>A declared input that is linked.</summary>
/// <param name="Name">The input.</param>
/// <param name="Type">The type of the source's slot, as JSON: a text, or a list for an old-style combo.</param>
/// <param name="SourceClass">The source's class.</param>
[GenerateSerializer, Immutable, Alias("farm.LinkedInput")]
public sealed record LinkedInput(string Name, string Type, string SourceClass);

/// <summary>What came out of a check.</summary>
public enum NodeCheckOutcome
{
    /// <summary>The inputs will do.</summary>
    Valid,

    /// <summary>They will not do: <c>custom_validation_failed</c>.</summary>
    Invalid,

    /// <summary>The validator threw, took too long, or is stuck: <c>exception_during_validation</c>.</summary>
    Failed,

    /// <summary>This worker does not have the class; another one may.</summary>
    UnknownClass,
}

/// <summary>A worker's answer to a check.</summary>
[GenerateSerializer, Immutable, Alias("farm.NodeCheckResult")]
public sealed record NodeCheckResult
{
    /// <summary>What came out.</summary>
    [Id(0)] public required NodeCheckOutcome Outcome { get; init; }

    /// <summary>The reason, or the exception's text; null when the validator says no more than no.</summary>
    [Id(1)] public string? Text { get; init; }

    /// <summary>The exception's type, as clients know it; null unless it failed.</summary>
    [Id(2)] public string? ExceptionType { get; init; }
}
