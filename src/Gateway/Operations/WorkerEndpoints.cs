using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Workers;

namespace Farm.Gateway.Operations;

/// <summary><c>/farm/api/workers</c>: who works, and setting workers aside, draining them and bringing them back. For operators.</summary>
internal sealed class WorkerEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities, TimeProvider clock) : IResource
{
    private const int LongestReason = 300;

    public bool IsUnderApi => false;

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    private ISchedulerControlGrain Control => grains.GetGrain<ISchedulerControlGrain>(ISchedulerGrain.Key);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/farm/api/workers", ListAsync);
        routes.MapSend("/farm/api/workers/{id}/set-aside", SetAsideAsync);
        routes.MapSend("/farm/api/workers/{id}/bring-back", BringBackAsync);
        routes.MapSend("/farm/api/workers/{id}/drain", DrainAsync);
        routes.MapSend("/farm/api/workers/{id}/resume", ResumeAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        identities.Operator(context);
        var living = Catalog.WorkersAsync();
        var standings = await Control.StandingsAsync();
        var workers = await living;
        return Answers.Json(writer => WorkerWriter.Write(writer, workers, standings, clock.GetUtcNow()));
    }

    private async Task<IResult> SetAsideAsync(HttpContext context)
    {
        identities.Operator(context);
        var id = context.PathValue("id");
        var reason = Reason(await BodyAsync(context));
        if (!await LivesAsync(id))
            return NotFound();
        return await Control.PutAsideAsync(id, reason) ? Done("set_aside") : Answers.Error("The worker is set aside already", StatusCodes.Status409Conflict);
    }

    private async Task<IResult> BringBackAsync(HttpContext context)
    {
        identities.Operator(context);
        return await Scheduler.BringBackAsync(context.PathValue("id"))
            ? Done("brought_back")
            : Answers.Error("The worker is not set aside", StatusCodes.Status409Conflict);
    }

    private async Task<IResult> DrainAsync(HttpContext context)
    {
        identities.Operator(context);
        var id = context.PathValue("id");
        var leave = Leave(await BodyAsync(context));
        if (!await LivesAsync(id))
            return NotFound();
        return await ReachAsync(id, worker => worker.DrainAsync(leave)) switch
        {
            true => Done(leave ? "leaving" : "holding"),
            false => Answers.Error("The worker shares its process with the farm and cannot leave it; it can be held with {\"leave\": false}", StatusCodes.Status409Conflict),
            null => NotFound(),
        };
    }

    private async Task<IResult> ResumeAsync(HttpContext context)
    {
        identities.Operator(context);
        var id = context.PathValue("id");
        if (!await LivesAsync(id))
            return NotFound();
        return await ReachAsync(id, worker => worker.ResumeAsync()) switch
        {
            true => Done("resumed"),
            false => Answers.Error("The worker is not drained", StatusCodes.Status409Conflict),
            null => NotFound(),
        };
    }

    private async Task<JsonElement?> BodyAsync(HttpContext context) => await body.ReadUnlessEmptyAsync(context.Request) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } given => given,
        _ => throw RequestRefusedException.Field("body", "must be a JSON object"),
    };

    private async Task<bool> LivesAsync(string id) => (await Catalog.WorkersAsync()).Any(worker => worker.WorkerId == id);

    /// <summary>Tells a worker; null when it has gone meanwhile.</summary>
    private async Task<bool?> ReachAsync(string id, Func<IWorkerGrain, Task<bool>> tell)
    {
        try
        {
            return await tell(grains.Worker(id));
        }
        catch (WorkerGoneException)
        {
            return null;
        }
    }

    private static bool Leave(JsonElement? given) => given?.Member("leave") switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw RequestRefusedException.Field("leave", "must be true or false"),
    };

    private static string Reason(JsonElement? given) => given?.Member("reason") switch
    {
        null or { ValueKind: JsonValueKind.Null } => "by an operator",
        { ValueKind: JsonValueKind.String } text when text.GetString() is { Length: > 0 and <= LongestReason } reason && !reason.Any(char.IsControl) => reason,
        _ => throw RequestRefusedException.Field("reason", $"must be a text of 1 to {LongestReason} characters without control characters"),
    };

    private static IResult NotFound() => Answers.Error("Worker not found", StatusCodes.Status404NotFound);

    private static IResult Done(string what) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean(what, value: true);
        writer.WriteEndObject();
    });
}
