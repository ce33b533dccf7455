using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Gateway.Http;
using Farm.Gateway.Validation;
using Xunit;

namespace Farm.Gateway.Tests.Validation;

/// <summary>Graphs against the errors that ComfyUI 0.19.3 gave for them (recorded-errors.json).</summary>
public class RecordedErrorsTests
{
    private static readonly JsonElement Recorded = ReadRecorded();

    public static TheoryData<string> Names => [.. Recorded.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Graph_ThatWasRecorded_GetsTheRecordedErrors(string name)
    {
        var recorded = Recorded.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

        var result = await Checker.ValidateAsync(recorded.GetProperty("prompt").GetRawText());

        var answer = JsonText.Parse(JsonText.Write(writer => Write(writer, result)), maxDepth: 64);
        Assert.Equal(Comparable(recorded.GetProperty("expected")), Comparable(answer));
    }

    private static void Write(Utf8JsonWriter writer, ValidationResult result)
    {
        writer.WriteStartObject();
        if (result.Refusal is { } refusal)
        {
            writer.WritePropertyName("error");
            refusal.Write(writer);
        }
        writer.WritePropertyName("node_errors");
        result.WriteNodeErrors(writer);
        writer.WriteEndObject();
    }

    /// <summary>The text of an answer with members sorted, errors of a node sorted, numbers by value, and without tracebacks.</summary>
    private static string Comparable(JsonElement value) => Sorted(JsonNode.Parse(value.GetRawText()))!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Where(m => m.Key != "traceback").OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => KeyValuePair.Create(m.Key, m.Key == "errors" ? SortedErrors(m.Value!.AsArray()) : Sorted(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        JsonValue number when number.GetValueKind() is JsonValueKind.Number => JsonValue.Create(number.GetValue<double>()),
        null => null,
        _ => node.DeepClone(),
    };

    private static JsonArray SortedErrors(JsonArray errors) =>
        [.. errors.Select(Sorted).OrderBy(e => e!.ToJsonString(), StringComparer.Ordinal)];

    private static JsonElement ReadRecorded()
    {
        using var stream = typeof(RecordedErrorsTests).Assembly.GetManifestResourceStream("recorded-errors.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
