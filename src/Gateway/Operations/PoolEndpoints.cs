using System.Text.Json;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Operations;

/// <summary><c>/farm/api/pools</c> and <c>/farm/api/queue</c>: what waits and runs by pool and by tenant, and pausing a pool. For operators.</summary>
internal sealed class PoolEndpoints(IGrainFactory grains, IdentityResolver identities, TimeProvider clock) : IResource
{
    /// <summary>How a path names the workers that are in no pool.</summary>
    private const string NoPool = "-";

    private const int LongestName = 64;

    public bool IsUnderApi => false;

    private ISchedulerControlGrain Control => grains.GetGrain<ISchedulerControlGrain>(ISchedulerGrain.Key);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/farm/api/pools", PoolsAsync);
        routes.MapSend("/farm/api/pools/{pool}/pause", PauseAsync);
        routes.MapSend("/farm/api/pools/{pool}/resume", ResumeAsync);
        routes.MapRead("/farm/api/queue", QueueAsync);
    }

    private async Task<IResult> PoolsAsync(HttpContext context)
    {
        identities.Operator(context);
        var pools = await Control.PoolsAsync();
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("pools");
            foreach (var pool in pools)
                Write(writer, pool);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> PauseAsync(HttpContext context)
    {
        identities.Operator(context);
        return await Control.PausePoolAsync(Pool(context)) ? Now(paused: true) : Answers.Error("The pool is paused already", StatusCodes.Status409Conflict);
    }

    private async Task<IResult> ResumeAsync(HttpContext context)
    {
        identities.Operator(context);
        return await Control.ResumePoolAsync(Pool(context)) ? Now(paused: false) : Answers.Error("The pool is not paused", StatusCodes.Status409Conflict);
    }

    private async Task<IResult> QueueAsync(HttpContext context)
    {
        identities.Operator(context);
        var tenants = await Control.TenantsAsync();
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tenants");
            foreach (var tenant in tenants)
                Write(writer, tenant);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>A pool may be paused before its first worker joins, so any name will do that a worker could have.</summary>
    private static string Pool(HttpContext context)
    {
        var name = context.PathValue("pool");
        if (name == NoPool)
            return "";
        return name.Length is > 0 and <= LongestName && !name.Any(char.IsControl)
            ? name
            : throw RequestRefusedException.Field("pool", $"must be a name of 1 to {LongestName} characters without control characters, or '{NoPool}' for the workers in none");
    }

    private void Write(Utf8JsonWriter writer, PoolInfo pool)
    {
        writer.WriteStartObject();
        writer.WriteString("name", pool.Name);
        writer.WriteBoolean("paused", pool.PausedAt is not null);
        WriteTime(writer, "paused_at", pool.PausedAt);
        writer.WriteNumber("waiting", pool.Waiting);
        writer.WriteNumber("running", pool.Running);
        writer.WriteNumber("workers", pool.Workers);
        WriteAge(writer, pool.OldestSince);
        writer.WriteNumber("waiting_seconds", pool.WaitingSeconds);
        writer.WriteEndObject();
    }

    private void Write(Utf8JsonWriter writer, TenantLoad tenant)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tenant.Name);
        writer.WriteNumber("waiting", tenant.Waiting);
        writer.WriteNumber("running", tenant.Running);
        writer.WriteNumber("share", tenant.Share);
        writer.WriteNumber("weight", tenant.Weight);
        WriteAge(writer, tenant.OldestSince);
        writer.WriteEndObject();
    }

    private void WriteAge(Utf8JsonWriter writer, DateTimeOffset? since)
    {
        if (since is { } start)
            writer.WriteNumber("oldest_age_seconds", Math.Max(0, (clock.GetUtcNow() - start).TotalSeconds));
        else
            writer.WriteNull("oldest_age_seconds");
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteNumber(name, known.ToUnixTimeMilliseconds());
        else
            writer.WriteNull(name);
    }

    private static IResult Now(bool paused) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("paused", paused);
        writer.WriteEndObject();
    });
}
