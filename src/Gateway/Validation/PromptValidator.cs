using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Workers;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;
using Farm.Gateway.Validation.Rules;

namespace Farm.Gateway.Validation;

/// <summary>Asks every rule and collects every error (execution semantics, 5).</summary>
internal sealed class PromptValidator(
    IEnumerable<IPromptRule> promptRules, IEnumerable<IInputRule> inputRules, IEnumerable<INodeRule> nodeRules)
{
    private readonly IPromptRule[] _promptRules = [.. promptRules];
    private readonly IInputRule[] _inputRules = [.. inputRules];
    private readonly INodeRule[] _nodeRules = [.. nodeRules];

    /// <summary>Checks a graph. Literals of the graph are coerced on the way.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="catalog">Classes and files to check against.</param>
    /// <param name="targets">Ids of the only outputs wanted, or null for all.</param>
    public async Task<ValidationResult> ValidateAsync(PromptGraph graph, CatalogView catalog, IReadOnlySet<string>? targets)
    {
        foreach (var rule in _promptRules)
        {
            if (rule.Check(graph, catalog, targets) is { } error)
                return new ValidationResult(error, [], [], []);
        }
        var walk = new GraphWalk(graph, catalog, _inputRules, _nodeRules);
        var report = new NodeErrorReport(graph);
        var good = ImmutableArray.CreateBuilder<string>();
        var lines = new List<string>();
        foreach (var output in HasOutputsRule.Outputs(graph, catalog, targets))
        {
            var verdict = await walk.CheckAsync(output);
            if (verdict.IsValid)
            {
                good.Add(output.Id);
                continue;
            }
            lines.AddRange(verdict.Errors.Select(e => $"{e.Message}: {e.Details}"));
            report.Add(output, walk.Verdicts);
        }
        var refusal = good.Count > 0
            ? null
            : new PromptError("prompt_outputs_failed_validation", "Prompt outputs failed validation", string.Join('\n', lines));
        return new ValidationResult(refusal, good.ToImmutable(), report.Entries, [.. walk.Deferred]);
    }
}

/// <summary>What the rules say of a prompt.</summary>
/// <param name="Refusal">Why it cannot run at all; null where at least one output can.</param>
/// <param name="Targets">The outputs that can run, in prompt order.</param>
/// <param name="NodeErrors">The broken nodes.</param>
/// <param name="Deferred">Checks that the worker which runs the prompt has to make.</param>
internal sealed record ValidationResult(
    PromptError? Refusal, ImmutableArray<string> Targets, IReadOnlyCollection<NodeErrorEntry> NodeErrors, ImmutableArray<NodeCheck> Deferred)
{
    /// <summary>Of what is not looked at.</summary>
    public static ValidationResult None { get; } = new(null, [], [], []);

    /// <summary>Writes the <c>node_errors</c> object.</summary>
    public void WriteNodeErrors(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var entry in NodeErrors)
            entry.Write(writer);
        writer.WriteEndObject();
    }
}
