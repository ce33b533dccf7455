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
    private const int MostLabels = 32;
    private const int LongestName = 64;

    /// <summary>What it asks for; refuses a value of the wrong kind by its name. Other members are left alone.</summary>
    public static PromptNeeds Read(JsonElement farm)
    {
        if (farm.ValueKind is not JsonValueKind.Object)
            throw Refuse("", "must be an object");
        if (Given(farm, "webhook") is { } webhook)
            WebhookAddress.Checked("extra_data.farm.webhook", webhook.ValueKind is JsonValueKind.String ? webhook.GetString()! : "");
        return new PromptNeeds
        {
            Pool = Given(farm, "pool") is { } pool ? Name(pool, ".pool") : "",
            Labels = Given(farm, "labels") is { } labels ? Names(labels) : [],
            Priority = Given(farm, "priority") is { } priority ? Class(priority) : PriorityClass.Normal,
            Deadline = Given(farm, "deadline") is { } deadline ? Time(deadline) : null,
        };
    }

    private static JsonElement? Given(JsonElement farm, string name) => farm.Member(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private static ImmutableArray<string> Names(JsonElement labels)
    {
        if (labels.ValueKind is not JsonValueKind.Array || labels.GetArrayLength() > MostLabels)
            throw Refuse(".labels", $"must be a list of up to {MostLabels} texts");
        return [.. labels.EnumerateArray().Select((label, i) => Name(label, $".labels[{i}]")).Distinct(StringComparer.Ordinal)];
    }

    private static string Name(JsonElement value, string field)
    {
        var name = value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
        return name.Length is > 0 and <= LongestName && !name.Any(char.IsControl)
            ? name
            : throw Refuse(field, $"must be a text of 1 to {LongestName} characters without control characters");
    }

    private static PriorityClass Class(JsonElement value) => (value.ValueKind is JsonValueKind.String ? value.GetString() : null) switch
    {
        "low" => PriorityClass.Low,
        "normal" => PriorityClass.Normal,
        "high" => PriorityClass.High,
        _ => throw Refuse(".priority", "must be 'low', 'normal' or 'high'"),
    };

    private static DateTimeOffset Time(JsonElement value) =>
        value.ValueKind is JsonValueKind.String
        && value.GetString() is [_, _, _, _, '-', ..] text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Refuse(".deadline", "must be a time in ISO 8601, such as '2026-01-31T18:00:00Z'; without an offset it is UTC");

    private static RequestRefusedException Refuse(string field, string rule) => RequestRefusedException.Field($"extra_data.farm{field}", rule);
}
