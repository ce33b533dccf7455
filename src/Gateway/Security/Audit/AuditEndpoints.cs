using System.Text.Json;
using Farm.Contracts.Security;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Security.Audit;

/// <summary><c>/farm/api/audit</c>: what operators did.</summary>
internal sealed class AuditEndpoints(IGrainFactory grains, IdentityResolver identities) : IResource
{
    private const int MostEntries = 1000;

    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes) => routes.MapRead("/farm/api/audit", ListAsync);

    private async Task<IResult> ListAsync(HttpContext context)
    {
        identities.Operator(context);
        var given = context.Request.Query;
        var query = new AuditQuery(
            given.Text("actor"), given.Time("from"), given.Time("to"), given.Number("offset", 0, 0, int.MaxValue - MostEntries), given.Number("limit", 100, 1, MostEntries));
        var page = await grains.GetGrain<IAuditGrain>(IAuditGrain.Key).ListAsync(query);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("entries");
            foreach (var entry in page.Entries)
                Write(writer, entry);
            writer.WriteEndArray();
            Pages.Write(writer, query.Offset, query.Limit, page.Total);
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, AuditEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("id", entry.Id);
        writer.WriteNumber("at", entry.At.ToUnixTimeMilliseconds());
        writer.WriteString("actor", entry.Actor);
        writer.WriteString("tenant", entry.Tenant);
        writer.WriteString("action", entry.Action);
        writer.WriteString("target", entry.Target);
        if (entry.Status is { } status)
            writer.WriteNumber("status", status);
        else
            writer.WriteNull("status");
        writer.WriteString("address", entry.Address);
        writer.WriteString("trace_id", entry.TraceId);
        writer.WriteEndObject();
    }
}
