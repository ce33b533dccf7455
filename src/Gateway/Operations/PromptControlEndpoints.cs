using System.Text.Json;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Ledger;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Operations;

/// <summary>
/// Moving a waiting prompt, and retrying ended ones. A tenant does so with its own prompts; operators with those of the tenant that the query
/// names.
/// </summary>
internal sealed class PromptControlEndpoints(IGrainFactory grains, PromptRetry retry, PoolAccess pools, JsonBody body, IdentityResolver identities) : IResource
{
    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSend("/farm/api/prompts/{id}/retry", RetryAsync);
        routes.MapSend("/farm/api/prompts/retry", RetryFailedAsync);
        routes.MapSend("/farm/api/prompts/{id}/move", MoveAsync);
    }

    private async Task<IResult> RetryAsync(HttpContext context)
    {
        if (Whose(context) is not { } identity)
            return NotFound();
        var id = QueryValues.NoNul("id", context.PathValue("id"));
        if (await grains.GetGrain<IHistoryGrain>(identity.Tenant).GetAsync(id) is not { Submission: var submission })
            return Answers.Error("Prompt not found in history", StatusCodes.Status404NotFound);
        if (identity.Tenant != identities.Of(context).Tenant)
            identity = identity with { User = await UserAsync(id, identity) };
        var answer = await retry.SubmitAsync(submission, identity, promptId: null, context.RequestAborted);
        return answer.Receipt is null ? PromptEndpoints.Refused(answer) : PromptEndpoints.Queued(answer);
    }

    /// <summary>The failed prompts that the ledger lists for the same query.</summary>
    private async Task<IResult> RetryFailedAsync(HttpContext context)
    {
        var query = LedgerQueryReader.Read(context.Request.Query);
        if (query is { From: null, Batch: null })
            throw RequestRefusedException.Field("from", "must be given, or batch");
        if (query.Status is not (null or LedgerStatus.Failed))
            throw RequestRefusedException.Field("status", "must be failed, or not be given");
        if (!identities.IsOperator(context))
        {
            if (Whose(context) is not { } own)
                return NotFound();
            query = query with { Tenant = own.Tenant };
        }
        var retried = await retry.FailedAsync(query, context.RequestAborted);
        return Answers.Json(retried.Write);
    }

    private async Task<IResult> MoveAsync(HttpContext context)
    {
        var request = MoveRequest.Read(await body.ReadAsync(context.Request));
        if (Whose(context) is not { } identity)
            return NotFound();
        if (request.Pool is { } pool && !identities.IsOperator(context))
            pools.Check(pool, identity.Tenant);
        var id = context.PathValue("id");
        var found = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).FindAsync(identity.Tenant, id);
        if (found.IsEmpty)
            return NotFound();
        PromptPlace? place = null;
        var moved = 0;
        foreach (var run in found.Where(run => !run.Running))
        {
            if (await MoveAsync(run.RunId, identity.Tenant, request) is not { } now)
                continue;
            (place, moved) = (now, moved + 1);
        }
        return place is null
            ? Answers.Error("The prompt does not wait any more", StatusCodes.Status409Conflict)
            : Answers.Json(writer => Write(writer, id, moved, place));
    }

    private async Task<PromptPlace?> MoveAsync(Guid run, string tenant, MoveRequest request)
    {
        var control = grains.GetGrain<ISchedulerControlGrain>(ISchedulerGrain.Key);
        double? number = request.Rank is { } end ? await control.NumberAtAsync(tenant, end) : null;
        return await grains.GetGrain<IPromptGrain>(run)
            .MoveAsync(new PromptMove { Number = number, Pool = request.Pool, Labels = request.Labels, Priority = request.Priority });
    }

    /// <summary>Whose prompts are meant: the tenant's own, or for operators those of the tenant that is named. Null for anybody else's.</summary>
    private RequestIdentity? Whose(HttpContext context)
    {
        var own = identities.Of(context);
        var named = context.Request.Query.Text("tenant");
        if (named is null || named == own.Tenant)
            return own;
        return identities.IsOperator(context) ? own with { Tenant = named } : null;
    }

    /// <summary>The user of another tenant who submitted the prompt.</summary>
    private async Task<string> UserAsync(string id, RequestIdentity identity)
    {
        var entries = await grains.GetGrain<ILedgerGrain>(ILedgerGrain.Key).FindAsync(id, identity.Tenant);
        return entries.IsEmpty ? identity.User : entries[0].User;
    }

    private static void Write(Utf8JsonWriter writer, string id, int moved, PromptPlace place)
    {
        writer.WriteStartObject();
        writer.WriteString("prompt_id", id);
        writer.WriteNumber("moved", moved);
        writer.WritePropertyName("number");
        QueueNumber.Write(writer, place.Number);
        writer.WriteString("pool", place.Needs.Pool);
        writer.WriteStartArray("labels");
        foreach (var label in place.Needs.Labels)
            writer.WriteStringValue(label);
        writer.WriteEndArray();
        writer.WriteString("priority", place.Needs.Priority.ToString().ToLowerInvariant());
        writer.WriteEndObject();
    }

    private static IResult NotFound() => Answers.Error("Prompt not found", StatusCodes.Status404NotFound);
}
