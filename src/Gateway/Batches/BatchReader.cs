using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Gateway.Http;

namespace Farm.Gateway.Batches;

/// <summary>Reads a batch's body but for graph and parameters; refuses what breaks a rule by its name.</summary>
internal static class BatchReader
{
    private const int LongestName = 200;
    private const int MostPredecessors = 100;

    /// <summary>The plan of these axes, combined and ordered as the body says.</summary>
    public static BatchPlan Plan(JsonElement body, ImmutableArray<BatchAxis> axes, BatchLimitOptions limits)
    {
        var zip = Word(body, "combination", "product") switch
        {
            "product" => false,
            "zip" => true,
            _ => throw RequestRefusedException.Field("combination", "must be product or zip"),
        };
        if (zip && axes.Select(axis => axis.Rows.Length).Distinct().Count() > 1)
            throw RequestRefusedException.Field("parameters", $"must have as many values each to be zipped; they have {string.Join(", ", axes.Select(a => a.Rows.Length))}");
        if (!zip && axes.Aggregate(1d, (count, axis) => count * axis.Rows.Length) > limits.MaxIndices)
            throw RequestRefusedException.Field("parameters", $"make more than {limits.MaxIndices} indices");
        var (order, step) = Order(body.Member("order"), limits.MaxIndices);
        return new BatchPlan { Axes = axes, Zip = zip, Order = order, Step = step };
    }

    /// <summary>The rest of the body, on a submission that has its template and plan.</summary>
    public static BatchSubmission Complete(BatchSubmission submission, JsonElement body, BatchLimitOptions limits)
    {
        var (policy, retries) = OnFailure(body.Member("on_failure"), limits);
        return submission with
        {
            Name = Word(body, "name", "") is { Length: <= LongestName } name ? QueryValues.NoNul("name", name) : throw RequestRefusedException.Field("name", $"must not be longer than {LongestName} characters"),
            Concurrency = Number(body, "concurrency", limits.Concurrency, 1, limits.MaxConcurrency),
            OnFailure = policy,
            Retries = retries,
            After = After(body.Member("after")),
            OnPredecessorFailure = Word(body, "on_predecessor_failure", "cancel") switch
            {
                "cancel" => PredecessorPolicy.Cancel,
                "run" => PredecessorPolicy.Run,
                _ => throw RequestRefusedException.Field("on_predecessor_failure", "must be cancel or run"),
            },
            Webhook = Word(body, "webhook", "") is { Length: > 0 } webhook ? WebhookAddress.Checked("webhook", webhook) : null,
        };
    }

    private static (FrameOrder Order, int Step) Order(JsonElement? order, int most) => order switch
    {
        null or { ValueKind: JsonValueKind.Null } => (FrameOrder.Forward, 1),
        { ValueKind: JsonValueKind.String } name => (name.GetString() switch
        {
            "forward" => FrameOrder.Forward,
            "reverse" => FrameOrder.Reverse,
            "first-last-middle" => FrameOrder.FirstLastMiddle,
            _ => throw RequestRefusedException.Field("order", "must be forward, reverse, first-last-middle or {\"every\": n}"),
        }, 1),
        { ValueKind: JsonValueKind.Object } every => (FrameOrder.Every, Number(every, "every", 0, 1, most, "order.every")),
        _ => throw RequestRefusedException.Field("order", "must be forward, reverse, first-last-middle or {\"every\": n}"),
    };

    private static (FailurePolicy Policy, int Retries) OnFailure(JsonElement? policy, BatchLimitOptions limits) => policy switch
    {
        null or { ValueKind: JsonValueKind.Null } => (FailurePolicy.Continue, 0),
        { ValueKind: JsonValueKind.String } name => (name.GetString() switch
        {
            "continue" => FailurePolicy.Continue,
            "stop" => FailurePolicy.Stop,
            _ => throw RequestRefusedException.Field("on_failure", "must be continue, stop or {\"retry\": n}"),
        }, 0),
        { ValueKind: JsonValueKind.Object } retry => (
            Word(retry, "then", "continue") switch
            {
                "continue" => FailurePolicy.Continue,
                "stop" => FailurePolicy.Stop,
                _ => throw RequestRefusedException.Field("on_failure.then", "must be continue or stop"),
            },
            Number(retry, "retry", 0, 1, limits.MaxRetries, "on_failure.retry")),
        _ => throw RequestRefusedException.Field("on_failure", "must be continue, stop or {\"retry\": n}"),
    };

    private static ImmutableArray<Guid> After(JsonElement? after)
    {
        if (after is not { ValueKind: not JsonValueKind.Null } given)
            return [];
        if (given.ValueKind is not JsonValueKind.Array || given.GetArrayLength() > MostPredecessors)
            throw RequestRefusedException.Field("after", $"must be a list of up to {MostPredecessors} batch ids");
        return [.. given.EnumerateArray().Select((id, i) => id.ValueKind is JsonValueKind.String && id.TryGetGuid(out var parsed)
            ? parsed
            : throw RequestRefusedException.Field($"after[{i}]", "must be the id of a batch")).Distinct()];
    }

    private static string Word(JsonElement body, string name, string missing) => body.Member(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => missing,
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        _ => throw RequestRefusedException.Field(name, "must be a text"),
    };

    private static int Number(JsonElement body, string name, int missing, int least, int most, string? field = null) => body.Member(name) switch
    {
        null or { ValueKind: JsonValueKind.Null } when missing >= least => missing,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= least && number <= most => number,
        _ => throw RequestRefusedException.Field(field ?? name, $"must be a whole number from {least} to {most}"),
    };
}
