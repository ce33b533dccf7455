using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.History;

/// <summary><c>/history</c>: the prompts that have ended.</summary>
internal sealed class HistoryEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities) : IResource
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/history", ListAsync);
        routes.MapRead("/history/{id}", OneAsync);
        routes.MapSend("/history", RemoveAsync);
    }

    private IHistoryGrain HistoryOf(HttpContext context) => grains.GetGrain<IHistoryGrain>(identities.Of(context).Tenant);

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var window = new HistoryWindow(ReadNumber(context.Request, "max_items"), ReadNumber(context.Request, "offset") ?? -1);
        var entries = await HistoryOf(context).ListAsync(window);
        return Answers.Json(writer => Write(writer, entries));
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        var entry = await HistoryOf(context).GetAsync(context.PathValue("id"));
        return Answers.Json(writer => Write(writer, entry is null ? [] : [entry]));
    }

    private async Task<IResult> RemoveAsync(HttpContext context)
    {
        var request = DeleteRequest.Read(await body.ReadAsync(context.Request));
        if (request.Clear)
            await HistoryOf(context).ClearAsync();
        if (request.Delete.Length > 0)
            await HistoryOf(context).DeleteAsync(request.Delete);
        return Answers.Empty();
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<HistoryEntry> entries)
    {
        // An id that was used twice stands at its first place with its last run, as in a Python dictionary.
        var byId = new OrderedDictionary<string, HistoryEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
            byId[entry.Submission.PromptId] = entry;
        writer.WriteStartObject();
        foreach (var (id, entry) in byId)
        {
            writer.WritePropertyName(id);
            HistoryWriter.Write(writer, entry);
        }
        writer.WriteEndObject();
    }

    private static int? ReadNumber(HttpRequest request, string name)
    {
        if (!request.Query.TryGetValue(name, out var given))
            return null;
        return int.TryParse(given.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw RequestRefusedException.Field(name, "must be an integer");
    }
}
