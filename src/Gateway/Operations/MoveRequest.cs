using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Operations;

/// <summary>Where a waiting prompt is to be moved to; what is null stays as it is.</summary>
/// <param name="Pool">The pool; empty for none.</param>
/// <param name="Labels">The labels that a worker must have.</param>
/// <param name="Priority">Its class.</param>
/// <param name="Rank">The end of the queue to go to.</param>
internal sealed record MoveRequest(string? Pool, ImmutableArray<string>? Labels, PriorityClass? Priority, QueueEnd? Rank)
{
    /// <summary>Reads a body; refuses a member of the wrong kind by its name, and a body that moves nothing.</summary>
    public static MoveRequest Read(JsonElement body)
    {
        if (body.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field("body", "must be a JSON object");
        if (body.EnumerateObject().FirstOrDefault(m => m.Name is not ("pool" or "labels" or "priority" or "rank")) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            throw RequestRefusedException.Field(unknown.Name, "is not known; pool, labels, priority and rank are");
        if (!body.EnumerateObject().Any())
            throw RequestRefusedException.Field("body", "must have one of pool, labels, priority and rank");
        return new MoveRequest(
            body.Member("pool") switch
            {
                null => null,
                { ValueKind: JsonValueKind.Null } => "",
                { } pool => FarmRequest.Name("pool", pool),
            },
            body.Member("labels") is { } labels ? FarmRequest.Names("labels", labels) : null,
            body.Member("priority") is { } priority ? FarmRequest.Class("priority", priority) : null,
            body.Member("rank") is { } rank ? End(rank) : null);
    }

    private static QueueEnd End(JsonElement value) => (value.ValueKind is JsonValueKind.String ? value.GetString() : null) switch
    {
        "front" => QueueEnd.Front,
        "back" => QueueEnd.Back,
        _ => throw RequestRefusedException.Field("rank", "must be 'front' or 'back'"),
    };
}
