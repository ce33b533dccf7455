using System.Text.Json;
using Farm.Contracts.Workers;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Validation;

/// <summary>One declared input of one node while it is checked.</summary>
internal sealed class InputCheck(PromptGraph graph, CatalogView catalog, PromptNode node, NodeSpec nodeSpec, InputSpec input)
{
    /// <summary>The graph the node belongs to.</summary>
    public PromptGraph Graph { get; } = graph;

    /// <summary>All classes and files at the moment of the request.</summary>
    public CatalogView Catalog { get; } = catalog;

    /// <summary>The node.</summary>
    public PromptNode Node { get; } = node;

    /// <summary>Its class.</summary>
    public NodeSpec NodeSpec { get; } = nodeSpec;

    /// <summary>The declared input.</summary>
    public InputSpec Input { get; } = input;

    /// <summary>Whether the prompt gives the input.</summary>
    public bool IsGiven => Node.Inputs!.ContainsKey(Input.Name);

    /// <summary>The value as it is now; asked for only when <see cref="IsGiven"/>.</summary>
    public JsonElement Value => Node.Inputs![Input.Name];

    /// <summary>Whether the value is a link, by the looser test that validation has: any list.</summary>
    public bool IsLink => IsGiven && Value.ValueKind is JsonValueKind.Array && !IsUnwrapped;

    /// <summary>Set when a wrapped literal was unwrapped: a list is then no link.</summary>
    public bool IsUnwrapped { get; private set; }

    /// <summary>Whether the class's own validator takes this input: the built-in tests are left to it.</summary>
    public bool IsLeftToValidator => NodeSpec.Validated is { } names && (names.Contains(Input.Name) || names.Contains("*"));

    /// <summary>Replaces the literal in the prompt.</summary>
    public void Replace(JsonElement value, bool unwrapped = false)
    {
        Node.Inputs![Input.Name] = value;
        IsUnwrapped |= unwrapped;
    }
}

/// <summary>One rule for inputs. Rules are asked in order; the first error of an input is its only one.</summary>
internal interface IInputRule
{
    /// <summary>The error, or null where the rule is kept or does not apply. May throw <see cref="NodeCheckException"/>.</summary>
    NodeError? Check(InputCheck check);
}

/// <summary>One rule for a node as a whole, asked after its inputs.</summary>
internal interface INodeRule
{
    /// <summary>The errors; none where the rule is kept. May throw <see cref="NodeCheckException"/>.</summary>
    ValueTask<IReadOnlyList<NodeError>> CheckAsync(NodeInspection inspection);
}

/// <summary>A node whose inputs have been checked.</summary>
/// <param name="Graph">The graph the node belongs to.</param>
/// <param name="Catalog">All classes and files at the moment of the request.</param>
/// <param name="Node">The node.</param>
/// <param name="Spec">Its class.</param>
/// <param name="Inputs">Its declared inputs, dynamic ones unfolded.</param>
/// <param name="Deferred">Checks that only the worker which runs the prompt can make are added here.</param>
internal sealed record NodeInspection(
    PromptGraph Graph, CatalogView Catalog, PromptNode Node, NodeSpec Spec, IReadOnlyList<InputSpec> Inputs, ICollection<NodeCheck> Deferred);

/// <summary>One rule for the prompt as a whole. Rules are asked in order; the first error ends the check.</summary>
internal interface IPromptRule
{
    /// <summary>The error, or null where the rule is kept.</summary>
    PromptError? Check(PromptGraph graph, CatalogView catalog, IReadOnlySet<string>? targets);
}
