using Farm.Contracts.Catalog;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Validation.Rules;

/// <summary>At least one output node is wanted.</summary>
internal sealed class HasOutputsRule : IPromptRule
{
    public PromptError? Check(PromptGraph graph, CatalogView catalog, IReadOnlySet<string>? targets) =>
        Outputs(graph, catalog, targets).Any() ? null : new PromptError("prompt_no_outputs", "Prompt has no outputs", "");

    /// <summary>The output nodes that are wanted, in prompt order.</summary>
    public static IEnumerable<PromptNode> Outputs(PromptGraph graph, CatalogView catalog, IReadOnlySet<string>? targets) =>
        graph.Nodes.Where(node => (targets is null || targets.Contains(node.Id))
            && catalog.Find(node.ClassType)?.Definition.Is(NodeTraits.OutputNode) is true);
}
