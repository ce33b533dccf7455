using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Queue;

/// <summary><c>/queue</c>: what runs and waits, and removing what waits.</summary>
internal sealed class QueueEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities) : IResource
{
    /// <summary>Submissions read from the store at once; the answer streams, so that its size costs no memory.</summary>
    private const int BatchSize = 500;

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/queue", ListAsync);
        routes.MapSend("/queue", RemoveAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var tenant = identities.Of(context).Tenant;
        var snapshot = await Scheduler.SnapshotAsync(tenant);
        context.Response.ContentType = Answers.JsonType;
        await using var writer = Answers.Writer(context.Response);
        writer.WriteStartObject();
        await WriteAsync(writer, "queue_running", snapshot.Running, context);
        await WriteAsync(writer, "queue_pending", snapshot.Pending, context);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        return Results.Empty;
    }

    private async Task WriteAsync(Utf8JsonWriter writer, string name, ImmutableArray<Guid> runs, HttpContext context)
    {
        var history = grains.GetGrain<IHistoryGrain>(identities.Of(context).Tenant);
        writer.WriteStartArray(name);
        foreach (var batch in runs.Chunk(BatchSize))
        {
            foreach (var submission in await history.SubmissionsAsync([.. batch]))
                SubmissionWriter.Write(writer, submission);
            await writer.FlushAsync(context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        writer.WriteEndArray();
    }

    private async Task<IResult> RemoveAsync(HttpContext context)
    {
        var tenant = identities.Of(context).Tenant;
        var request = DeleteRequest.Read(await body.ReadAsync(context.Request));
        if (request.Clear)
            await Scheduler.ClearAsync(tenant);
        foreach (var id in request.Delete)
        {
            foreach (var run in await Scheduler.FindAsync(tenant, id))
                await grains.GetGrain<IPromptGrain>(run.RunId).DeleteAsync();
        }
        return Answers.Empty();
    }
}
