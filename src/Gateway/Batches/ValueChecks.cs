using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Contracts.Workers;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;
using Farm.Gateway.Validation;
using Farm.Gateway.Validation.Rules;

namespace Farm.Gateway.Batches;

/// <summary>
/// Checks every value of a batch's axes by the rules for inputs, once a value and not once an index; coerces it as a prompt's literal is.
/// What a class's own validator says comes from the worker that runs an index.
/// </summary>
internal sealed class ValueChecks(IEnumerable<IInputRule> inputRules)
{
    private readonly IInputRule[] _rules = [.. inputRules];

    /// <summary>The axis with its values coerced and the bad rows named.</summary>
    public async Task<BatchAxis> CheckAsync(BatchAxis axis, PromptGraph graph, CatalogView view, FileCombos files, CancellationToken cancel)
    {
        var inputs = axis.Targets.Select(target => Declared(graph.Find(target.NodeId)!, target.Input, view)).ToArray();
        var rows = ImmutableArray.CreateBuilder<string>(axis.Rows.Length);
        var bad = ImmutableArray.CreateBuilder<BadRow>();
        for (var row = 0; row < axis.Rows.Length; row++)
        {
            cancel.ThrowIfCancellationRequested();
            var values = JsonDocument.Parse(axis.Rows[row]).RootElement.EnumerateArray().ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var (coerced, problem) = await CheckAsync(values[i], axis.Targets[i], inputs[i], graph, view, files, cancel);
                values[i] = coerced;
                if (problem is not null && (bad.Count == 0 || bad[^1].Row != row))
                    bad.Add(new BadRow(row, $"node {axis.Targets[i].NodeId}: {problem}"));
            }
            rows.Add(Encoding.UTF8.GetString(JsonText.Write(writer => WriteRow(writer, values)).Span));
        }
        var targets = axis.Targets.Select((target, i) => inputs[i] is { Input.Files: { Folder: not ModelFiles.InputFolder } choices } ? target with { Folder = choices.Folder } : target);
        return axis with { Targets = [.. targets], Rows = rows.MoveToImmutable(), Bad = bad.ToImmutable() };
    }

    /// <summary>The checks by code of the nodes whose inputs are parameters, for the workers.</summary>
    public static ImmutableArray<NodeCheck> ByCode(BatchPlan plan, PromptGraph graph, CatalogView view)
    {
        var checks = ImmutableArray.CreateBuilder<NodeCheck>();
        foreach (var id in plan.Axes.SelectMany(axis => axis.Targets).Select(target => target.NodeId).Distinct(StringComparer.Ordinal))
        {
            var node = graph.Find(id)!;
            if (view.Find(node.ClassType) is { Validated: not null } spec)
                checks.Add(CodeValidatorRule.CheckOf(new NodeInspection(graph, view, node, spec, spec.InputsFor(node.Inputs!), [])));
        }
        return checks.ToImmutable();
    }

    private async ValueTask<(JsonElement Value, string? Problem)> CheckAsync(
        JsonElement value, BatchTarget target, (NodeSpec Spec, InputSpec Input)? declared, PromptGraph graph, CatalogView view, FileCombos files,
        CancellationToken cancel)
    {
        if (declared is not { } known)
            return (value, null);
        var node = graph.Find(target.NodeId)!;
        var before = node.Inputs!.TryGetValue(target.Input, out var now) ? now : (JsonElement?)null;
        node.Inputs[target.Input] = value;
        try
        {
            var check = new InputCheck(graph, view, node, known.Spec, known.Input);
            var error = _rules.Select(rule => rule.Check(check)).FirstOrDefault(found => found is not null);
            var coerced = node.Inputs[target.Input];
            if (error is null && known.Input.Files is { MustExist: true } choices && !await ExistsAsync(files, choices, coerced, cancel))
                return (coerced, $"{target.Input}: there is no such file");
            return (coerced, error is null ? null : $"{error.Message}: {error.Details}");
        }
        catch (NodeCheckException failure)
        {
            return (value, $"{target.Input}: {failure.Message}");
        }
        finally
        {
            if (before is { } was)
                node.Inputs[target.Input] = was;
            else
                node.Inputs.Remove(target.Input);
        }
    }

    private static async ValueTask<bool> ExistsAsync(FileCombos files, Farm.Contracts.Catalog.FileChoices choices, JsonElement value, CancellationToken cancel) =>
        value.ValueKind is JsonValueKind.String && await files.ExistsAsync(choices, value.GetString()!, cancel);

    private static (NodeSpec Spec, InputSpec Input)? Declared(PromptNode node, string input, CatalogView view) =>
        view.Find(node.ClassType) is { } spec && spec.InputsFor(node.Inputs!).FirstOrDefault(i => i.Name == input) is { } declared ? (spec, declared) : null;

    private static void WriteRow(Utf8JsonWriter writer, JsonElement[] values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
            value.WriteTo(writer);
        writer.WriteEndArray();
    }
}
