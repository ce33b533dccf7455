using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Contracts.Text;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Batches;

/// <summary>
/// Reads <c>parameters</c>: a list of <c>values</c>, a <c>range</c>, or a <c>csv</c> whose columns go side by side. Inputs are addressed by
/// node id or by the title of a node, which then only one may have.
/// </summary>
internal sealed class ParameterReader(PromptGraph graph, BatchLimitOptions limits)
{
    private readonly HashSet<BatchTarget> _taken = [];
    private long _bytes;

    /// <summary>The axes, in order; refuses what breaks a rule by its path.</summary>
    public ImmutableArray<BatchAxis> Read(JsonElement? parameters)
    {
        if (parameters is not { ValueKind: not JsonValueKind.Null } given)
            return [];
        if (given.ValueKind is not JsonValueKind.Array)
            throw RequestRefusedException.Field("parameters", "must be a list");
        return [.. given.EnumerateArray().Select((parameter, i) => ReadAxis(parameter, $"parameters[{i}]"))];
    }

    private BatchAxis ReadAxis(JsonElement parameter, string field)
    {
        if (parameter.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field(field, "must be an object");
        var kinds = new[] { "values", "range", "csv" }.Where(kind => parameter.Member(kind) is not null).ToArray();
        if (kinds.Length != 1)
            throw RequestRefusedException.Field(field, "must have exactly one of values, range and csv");
        var value = parameter.Member(kinds[0])!.Value;
        if (kinds[0] == "csv")
            return ReadCsv(value, $"{field}.csv");
        var target = Target(parameter, field);
        var rows = kinds[0] == "values" ? Values(value, $"{field}.values") : NumberRange.Read(value, $"{field}.range", limits.MaxIndices);
        return new BatchAxis { Targets = [target], Rows = Limited(rows.Select(text => $"[{text}]"), field) };
    }

    private BatchTarget Target(JsonElement parameter, string field)
    {
        var node = Text(parameter, "node") is { } id
            ? graph.Find(id) ?? throw RequestRefusedException.Field($"{field}.node", $"there is no node '{id}'")
            : Text(parameter, "title") is { } title
                ? Titled(title, $"{field}.title")
                : throw RequestRefusedException.Field(field, "must name a node by node or title");
        var input = Text(parameter, "input") ?? throw RequestRefusedException.Field($"{field}.input", "must name an input");
        return Take(node, input, $"{field}.input");
    }

    private BatchTarget Take(PromptNode node, string input, string field)
    {
        if (node.Inputs is null)
            throw RequestRefusedException.Field(field, $"node '{node.Id}' has no inputs");
        if (node.Inputs.TryGetValue(input, out var now) && now.ValueKind is JsonValueKind.Array)
            throw RequestRefusedException.Field(field, $"input '{input}' of node '{node.Id}' is linked");
        var target = new BatchTarget(node.Id, input);
        return _taken.Add(target) ? target : throw RequestRefusedException.Field(field, $"input '{input}' of node '{node.Id}' is a parameter already");
    }

    private PromptNode Titled(string title, string field)
    {
        var found = graph.Nodes.Where(node => node.Title is { ValueKind: JsonValueKind.String } given && given.GetString() == title).Take(2).ToArray();
        return found.Length switch
        {
            1 => found[0],
            0 => throw RequestRefusedException.Field(field, $"there is no node titled '{title}'"),
            _ => throw RequestRefusedException.Field(field, $"several nodes are titled '{title}'; use their ids"),
        };
    }

    private static IEnumerable<string> Values(JsonElement values, string field)
    {
        if (values.ValueKind is not JsonValueKind.Array || values.GetArrayLength() == 0)
            throw RequestRefusedException.Field(field, "must be a list of at least one value");
        return values.EnumerateArray().Select((value, i) => value.ValueKind is JsonValueKind.Array
            ? throw RequestRefusedException.Field($"{field}[{i}]", "must not be a list, which would be a link")
            : Encoding.UTF8.GetString(JsonText.Write(value.WriteTo).Span));
    }

    private BatchAxis ReadCsv(JsonElement value, string field)
    {
        if (value.ValueKind is not JsonValueKind.String)
            throw RequestRefusedException.Field(field, "must be a text");
        var records = CsvText.Read(value.GetString()!, field);
        if (records.Count < 2)
            throw RequestRefusedException.Field(field, "must have a line of names and at least one of values");
        var targets = records[0].Select((name, i) => Column(name, $"{field} column {i + 1}")).ToImmutableArray();
        var rows = records.Skip(1).Select((record, i) => record.Count == targets.Length
            ? $"[{string.Join(',', record.Select((cell, column) => Typed(cell, targets[column])))}]"
            : throw RequestRefusedException.Field($"{field} line {i + 2}", $"has {record.Count} values where the first line has {targets.Length} names"));
        return new BatchAxis { Targets = targets, Rows = Limited(rows, field) };
    }

    /// <summary>A name <c>node.input</c>, the node by id or title.</summary>
    private BatchTarget Column(string name, string field)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || dot == name.Length - 1)
            throw RequestRefusedException.Field(field, "must be named node.input, the node by id or title");
        var node = graph.Find(name[..dot]) ?? Titled(name[..dot], field);
        return Take(node, name[(dot + 1)..], field);
    }

    /// <summary>A cell as JSON: of the kind that the graph has there now, a text where it is none.</summary>
    private string Typed(string cell, BatchTarget target)
    {
        var now = graph.Find(target.NodeId)!.Inputs!.TryGetValue(target.Input, out var value) ? value.ValueKind : JsonValueKind.Undefined;
        var isText = now is JsonValueKind.String;
        if (!isText && now is JsonValueKind.Number or JsonValueKind.Undefined && NumberRange.TryParse(cell, out var number))
            return number;
        if (!isText && cell.Trim().ToLowerInvariant() is "true" or "false")
            return cell.Trim().ToLowerInvariant();
        return Encoding.UTF8.GetString(JsonText.Write(writer => writer.WriteStringValue(cell)).Span);
    }

    private ImmutableArray<string> Limited(IEnumerable<string> rows, string field)
    {
        var kept = ImmutableArray.CreateBuilder<string>();
        foreach (var row in rows)
        {
            kept.Add(row);
            _bytes += row.Length;
            if (kept.Count > limits.MaxIndices)
                throw RequestRefusedException.Field(field, $"must not have more than {limits.MaxIndices} values");
            if (_bytes > limits.MaxBytes)
                throw RequestRefusedException.Field("parameters", $"must not have more than {limits.MaxBytes} bytes of values");
        }
        return kept.DrainToImmutable();
    }

    private static string? Text(JsonElement parameter, string name) => parameter.Member(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String or JsonValueKind.Number } value => PythonText.Str(value),
        _ => throw RequestRefusedException.Field(name, "must be a text"),
    };
}
