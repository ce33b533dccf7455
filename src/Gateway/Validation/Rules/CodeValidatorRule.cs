using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Workers;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;

namespace Farm.Gateway.Validation.Rules;

/// <summary>
/// The validator that a class brings along as code. A living worker that has the class answers it; without one the check goes with the
/// prompt to the worker that runs it.
/// </summary>
internal sealed class CodeValidatorRule(NodeCheckWorkers workers) : INodeRule
{
    private const string All = "*";
    private const string LinkTypes = "input_types";

    public async ValueTask<IReadOnlyList<NodeError>> CheckAsync(NodeInspection inspection)
    {
        if (inspection.Spec.Validated is not { } names)
            return [];
        var passed = Passed(inspection, names);
        var check = CheckOf(inspection);
        if (await workers.AskAsync(check) is not { } result)
        {
            inspection.Deferred.Add(check);
            return [];
        }
        return result.Outcome switch
        {
            NodeCheckOutcome.Invalid => [.. passed.Concat(Supplied(inspection, names)).Select(name => Failed(name, result.Text))],
            NodeCheckOutcome.Failed => throw new NodeCheckException(result.ExceptionType ?? "RuntimeError", result.Text ?? ""),
            _ => [],
        };
    }

    /// <summary>What the validator of a node's class is to judge; the class has one.</summary>
    internal static NodeCheck CheckOf(NodeInspection inspection) => new()
    {
        NodeId = inspection.Node.Id,
        ClassType = inspection.Node.ClassType,
        Arguments = Encoding.UTF8.GetString(Arguments(inspection, Passed(inspection, inspection.Spec.Validated!)).Span),
        Links = [.. Links(inspection)],
    };

    /// <summary>The inputs that the validator gets from the prompt, in the prompt's order: those it takes, without undeclared literals.</summary>
    private static ImmutableArray<string> Passed(NodeInspection inspection, IReadOnlySet<string> names)
    {
        var declared = inspection.Inputs.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        if (inspection.Spec.Definition.Style is NodeStyle.V1)
            declared.UnionWith(inspection.Spec.Definition.Hidden.Select(h => h.Name));
        return [.. inspection.Node.Inputs!
            .Where(input => Takes(names, input.Key) && (declared.Contains(input.Key) || input.Value.ValueKind is JsonValueKind.Array))
            .Select(input => input.Key)];
    }

    /// <summary>What the validator gets beside the inputs of the prompt: hidden inputs of older classes, and types.</summary>
    private static IEnumerable<string> Supplied(NodeInspection inspection, IReadOnlySet<string> names)
    {
        var definition = inspection.Spec.Definition;
        var hidden = definition.Style is NodeStyle.V1
            ? definition.Hidden.Where(h => h.IsSupplied && Takes(names, h.Name) && !inspection.Node.Inputs!.ContainsKey(h.Name)).Select(h => h.Name)
            : [];
        return names.Contains(LinkTypes) ? hidden.Append(LinkTypes) : hidden;
    }

    private static bool Takes(IReadOnlySet<string> names, string input) => names.Contains(input) || names.Contains(All);

    private static ReadOnlyMemory<byte> Arguments(NodeInspection inspection, ImmutableArray<string> passed) => JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        foreach (var name in passed)
        {
            writer.WritePropertyName(name);
            var input = inspection.Inputs.FirstOrDefault(i => i.Name == name);
            var value = inspection.Node.Inputs![name];
            if (value.ValueKind is JsonValueKind.Array && input?.Options.Member("rawLink") is not { ValueKind: JsonValueKind.True })
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }
        writer.WriteEndObject();
    });

    private static IEnumerable<LinkedInput> Links(NodeInspection inspection)
    {
        foreach (var input in inspection.Inputs)
        {
            if (!inspection.Node.Inputs!.TryGetValue(input.Name, out var link) || link.ValueKind is not JsonValueKind.Array || link.GetArrayLength() != 2)
                continue;
            if (link[0].ValueKind is not JsonValueKind.String || inspection.Graph.Find(link[0].GetString()!) is not { } source)
                continue;
            if (inspection.Catalog.Find(source.ClassType) is { } spec && PythonEquality.Integer(link[1]) is { } slot && At(spec, (long)slot) is { } type)
                yield return new LinkedInput(input.Name, Encoding.UTF8.GetString(JsonText.Write(type.Write).Span), source.ClassType);
        }
    }

    private static LinkType? At(NodeSpec spec, long slot) =>
        (slot < 0 ? slot + spec.Outputs.Count : slot) is var at && at >= 0 && at < spec.Outputs.Count ? spec.Outputs[(int)at] : null;

    private static NodeError Failed(string name, string? text) =>
        new("custom_validation_failed", "Custom validation failed for node", text is null ? name : $"{name} - {text}", writer => writer.WriteString("input_name", name));
}
