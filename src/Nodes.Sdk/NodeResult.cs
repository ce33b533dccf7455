namespace Farm.Nodes;

/// <summary>What a run of a node gives: outputs in slot order, a UI output, or a graph that stands in its place.</summary>
public sealed class NodeResult
{
    /// <summary>The outputs in slot order. In an expansion a <see cref="NodeLink"/> stands for the output of a new node.</summary>
    public IReadOnlyList<object?> Values { get; init; } = [];

    /// <summary>What clients are shown, or null.</summary>
    public UiOutput? Ui { get; init; }

    /// <summary>The graph that replaces the node, or null.</summary>
    public ExpandedGraph? Graph { get; init; }

    /// <summary>Blocks all outputs, or null.</summary>
    public ExecutionBlocker? Blocker { get; init; }

    /// <summary>Outputs in slot order; an output declared as a list takes an <see cref="IReadOnlyList{T}"/> of objects.</summary>
    public static NodeResult Of(params object?[] values) => new() { Values = values };

    /// <summary>A UI output, and outputs in slot order.</summary>
    public static NodeResult WithUi(UiOutput ui, params object?[] values) => new() { Ui = ui, Values = values };

    /// <summary>A graph whose nodes run in place of this one; <paramref name="values"/> are literals or links into it.</summary>
    public static NodeResult Expand(ExpandedGraph graph, params object?[] values) => new() { Graph = graph, Values = values };

    /// <summary>Nothing that depends on this node runs. With a message the first consumers report it.</summary>
    public static NodeResult Block(string? message = null) => new() { Blocker = new ExecutionBlocker(message) };
}

/// <summary>A value that keeps its consumers from running. May stand for single outputs or single elements of a list.</summary>
/// <param name="message">What the first consumer reports as an execution_error that does not end the run; null for silence.</param>
public sealed class ExecutionBlocker(string? message)
{
    /// <summary>What the first consumer reports; null for silence.</summary>
    public string? Message { get; } = message;
}
