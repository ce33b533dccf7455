using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Batches;
using Farm.Gateway.Http;

namespace Farm.Gateway.Prompts;

/// <summary>Reads <c>extra_data.farm</c>: <c>pool</c>, <c>labels</c>, <c>priority</c> and <c>deadline</c>; <c>webhook</c> is checked here and read when the prompt ends.</summary>
internal static class FarmRequest
{
    private const string Member = "extra_data.farm";
    private const int MostLabels = 32;
    private const int LongestName = 64;

    /// <summary>What it asks for; refuses a value of the wrong kind by its name. Other members are left alone.</summary>
    public static PromptNeeds Read(JsonElement farm)
    {
        if (farm.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field(Member, "must be an object");
        if (Given(farm, "webhook") is { } webhook)
            WebhookAddress.Checked($"{Member}.webhook", webhook.ValueKind is JsonValueKind.String ? webhook.GetString()! : "");
        return new PromptNeeds
        {
            Pool = Given(farm, "pool") is { } pool ? Name($"{Member}.pool", pool) : "",
            Labels = Given(farm, "labels") is { } labels ? Names($"{Member}.labels", labels) : [],
            Priority = Given(farm, "priority") is { } priority ? Class($"{Member}.priority", priority) : PriorityClass.Normal,
            Deadline = Given(farm, "deadline") is { } deadline ? Time($"{Member}.deadline", deadline) : null,
        };
    }

    private static JsonElement? Given(JsonElement farm, string name) => farm.Member(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    /// <summary>A list of names; refuses any other value by the field's name.</summary>
    public static ImmutableArray<string> Names(string field, JsonElement labels)
    {
        if (labels.ValueKind is not JsonValueKind.Array || labels.GetArrayLength() > MostLabels)
            throw RequestRefusedException.Field(field, $"must be a list of up to {MostLabels} texts");
        return [.. labels.EnumerateArray().Select((label, i) => Name($"{field}[{i}]", label)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The name of a pool or a label; refuses any other value by the field's name.</summary>
    public static string Name(string field, JsonElement value)
    {
        var name = value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
        return name.Length is > 0 and <= LongestName && !name.Any(char.IsControl)
            ? name
            : throw RequestRefusedException.Field(field, $"must be a text of 1 to {LongestName} characters without control characters");
    }

    /// <summary>A class of priority; refuses any other value by the field's name.</summary>
    public static PriorityClass Class(string field, JsonElement value) => (value.ValueKind is JsonValueKind.String ? value.GetString() : null) switch
    {
        "low" => PriorityClass.Low,
        "normal" => PriorityClass.Normal,
        "high" => PriorityClass.High,
        _ => throw RequestRefusedException.Field(field, "must be 'low', 'normal' or 'high'"),
    };

    private static DateTimeOffset Time(string field, JsonElement value) =>
        value.ValueKind is JsonValueKind.String
        && value.GetString() is [_, _, _, _, '-', ..] text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw RequestRefusedException.Field(field, "must be a time in ISO 8601, such as '2026-01-31T18:00:00Z'; without an offset it is UTC");
}
