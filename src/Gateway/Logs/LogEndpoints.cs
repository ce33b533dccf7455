using System.Text.Json;
using Farm.Contracts.Sessions;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Logs;

/// <summary>
/// <c>/internal/logs</c>: the last lines of this gateway's process, as one text or as a list, and having new ones sent to a socket. Whichever
/// gateway is asked, the one that holds the client's socket sends its own lines. For operators: a process logs what all tenants do.
/// </summary>
internal sealed class LogEndpoints(LogRing ring, IGrainFactory grains, JsonBody body, IdentityResolver identities) : IResource
{
    // A page shows lines in a terminal of a size; a server has none.
    private const int Columns = 80;
    private const int Rows = 24;

    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/internal/logs", context => Task.FromResult(Text(context)));
        routes.MapRead("/internal/logs/raw", context => Task.FromResult(Raw(context)));
        routes.MapChange("/internal/logs/subscribe", SubscribeAsync);
    }

    private IResult Text(HttpContext context)
    {
        identities.Operator(context);
        var lines = ring.Read().Entries.Select(entry => $"{LogWriter.TimeOf(entry)} - {entry.Text}");
        return Answers.Json(writer => writer.WriteStringValue(string.Concat(lines)));
    }

    private IResult Raw(HttpContext context)
    {
        identities.Operator(context);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            LogWriter.WriteEntries(writer, ring.Read().Entries);
            writer.WriteStartObject("size");
            writer.WriteNumber("cols", Columns);
            writer.WriteNumber("rows", Rows);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> SubscribeAsync(HttpContext context)
    {
        var tenant = identities.Operator(context).Tenant;
        var given = await body.ReadAsync(context.Request);
        if (given.Member("clientId") is not { ValueKind: JsonValueKind.String } client)
            throw RequestRefusedException.Field("clientId", "must be a text");
        if (given.Member("enabled") is not { ValueKind: JsonValueKind.True or JsonValueKind.False } enabled)
            throw RequestRefusedException.Field("enabled", "must be true or false");
        var wish = new LogSubscription(client.GetString()!, enabled.GetBoolean());
        await grains.GetGrain<ITenantChannelGrain>(tenant).BroadcastAsync([new ClientEvent(0, null, wish)]);
        return Answers.Empty();
    }
}
