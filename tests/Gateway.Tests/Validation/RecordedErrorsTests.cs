using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Gateway.Http;
using Farm.Gateway.Validation;
using Xunit;

namespace Farm.Gateway.Tests.Validation;

/// <summary>Graphs against the errors that ComfyUI 0.19.3 gave for them (recorded-errors.json), each under the rule that it shows.</summary>
public class RecordedErrorsTests
{
    private static readonly JsonElement Recorded = ReadRecorded();

    /// <summary>The names of the cases that show a rule.</summary>
    public static TheoryData<string> Of(string rule) => [.. Cases(rule).Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Of), "5.1")]
    public Task Rule5_1_NodeOfNoKnownClass_IsRefused(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.2")]
    public Task Rule5_2_PromptWithoutOutputs_IsRefused(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.5")]
    public Task Rule5_5_InputMissingOrLinkedWrongly_IsAnError(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.6")]
    public Task Rule5_6_LiteralThatCannotBeTurned_IsAnError(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.7")]
    public Task Rule5_7_NumberOutOfRange_IsAnError(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.8")]
    public Task Rule5_8_ValueNotAmongTheChoices_IsAnError(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.9")]
    public Task Rule5_9_FileThatIsNotThere_IsAnError(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.11")]
    public Task Rule5_11_ExceptionWhileChecking_StandsOnItsNode(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.12")]
    public Task Rule5_12_Cycle_StandsOnEveryNodeOfIt(string name) => HoldAsync(name);

    [Theory]
    [Trait("Rule", "5.17")]
    [MemberData(nameof(Of), "5.13")]
    public Task Rule5_13_NodeBehindABrokenOne_IsInvalidWithoutAnErrorOfItsOwn(string name) => HoldAsync(name);

    [Theory]
    [Trait("Rule", "5.3")]
    [Trait("Rule", "5.4")]
    [MemberData(nameof(Of), "5.15")]
    public Task Rule5_15_SharedBrokenNode_ListsBothOutputs(string name) => HoldAsync(name);

    [Theory]
    [MemberData(nameof(Of), "5.16")]
    public Task Rule5_16_OneGoodOutput_IsEnough(string name) => HoldAsync(name);

    [Fact]
    public void RecordedCases_AllStandUnderATestedRule()
    {
        var tested = typeof(RecordedErrorsTests).GetMethods().SelectMany(m => m.GetCustomAttributes(typeof(MemberDataAttribute), inherit: false))
            .SelectMany(a => Cases((string)((MemberDataAttribute)a).Arguments[0]!)).Count();

        Assert.Equal(Recorded.GetProperty("cases").GetArrayLength(), tested);
    }

    private static IEnumerable<JsonElement> Cases(string rule) =>
        Recorded.GetProperty("cases").EnumerateArray().Where(c => c.GetProperty("rule").GetString() == rule);

    private static async Task HoldAsync(string name)
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
