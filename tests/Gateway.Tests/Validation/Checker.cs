using System.Text;
using Farm.Contracts.Catalog;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Validation;
using Farm.Gateway.Validation.Rules;

namespace Farm.Gateway.Tests.Validation;

/// <summary>The rules that need no farm, over definitions of the test.</summary>
internal static class Checker
{
    public static PromptValidator Validator { get; } = new(
        [new NodeClassRule(), new HasOutputsRule()],
        [new RequiredInputRule(), new LinkShapeRule(), new LinkTypeRule(), new LiteralTypeRule(), new RangeRule(), new ChoiceRule()],
        [new FileExistsRule()]);

    public static PromptGraph Graph(string json) => PromptGraph.Read(JsonText.Parse(Encoding.UTF8.GetBytes(json), maxDepth: 64), maxNodes: 20_000);

    public static Task<ValidationResult> ValidateAsync(string json, params NodeDefinition[] more) => ValidateAsync(Graph(json), more);

    public static Task<ValidationResult> ValidateAsync(PromptGraph graph, params NodeDefinition[] more) => Validator.ValidateAsync(
        graph, new CatalogView(new NodeCatalog(new CatalogSnapshot(1, [.. Definitions.All, .. more]))), targets: null);
}
