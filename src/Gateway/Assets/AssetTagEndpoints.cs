using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Gateway.Http;

namespace Farm.Gateway.Assets;

/// <summary>Tags of assets: added, removed, listed, and counted for a filter.</summary>
internal sealed class AssetTagEndpoints(AssetAccess access, AssetBody body, JsonBody json) : IResource
{
    private const int DefaultLimit = 100;
    private const int MostTags = 1000;

    public bool IsBare => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSend(AssetRoutes.One + "/tags", AssetRoutes.Guarded(AddAsync));
        routes.MapRemove(AssetRoutes.One + "/tags", AssetRoutes.Guarded(RemoveAsync));
        routes.MapRead("/tags", AssetRoutes.Guarded(ListAsync));
        routes.MapRead("/assets/tags/refine", AssetRoutes.Guarded(RefineAsync));
    }

    private async Task<IResult> AddAsync(HttpContext context)
    {
        var id = AssetRoutes.IdOf(context);
        var tags = await body.ReadTagsAsync(context.Request, "add");
        var (assets, user) = await access.OfAsync(context);
        return Changed(await assets.AddTagsAsync(user, id, tags) ?? throw await UnknownAsync(assets, id), "added", "already_present");
    }

    private async Task<IResult> RemoveAsync(HttpContext context)
    {
        var id = AssetRoutes.IdOf(context);
        var tags = await body.ReadTagsAsync(context.Request, "remove");
        var (assets, user) = await access.OfAsync(context);
        return Changed(await assets.RemoveTagsAsync(user, id, tags) ?? throw await UnknownAsync(assets, id), "removed", "not_present");
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var reader = new AssetQueryReader(context.Request.Query);
        var query = new TagQuery(
            AssetTags.Normalize(reader.Text("prefix")), AssetTags.Normalize(reader.Text("search")), reader.Choice("order", ["count_desc", "name_asc"], 0) == 1,
            reader.Flag("include_zero", absent: true), reader.Number("offset", 0, 0, int.MaxValue), reader.Number("limit", DefaultLimit, 1, MostTags));
        reader.Check("Invalid query parameters");
        var (assets, user) = await access.OfAsync(context);
        var page = await assets.TagsAsync(user, query);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tags");
            foreach (var tag in page.Tags)
            {
                writer.WriteStartObject();
                writer.WriteString("name", tag.Name);
                writer.WriteNumber("count", tag.Count);
                writer.WriteString("type", "user");
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteNumber("total", page.Total);
            writer.WriteBoolean("has_more", query.Offset + page.Tags.Length < page.Total);
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> RefineAsync(HttpContext context)
    {
        var reader = new AssetQueryReader(context.Request.Query);
        var filter = reader.Filter(json);
        var query = new RefineQuery(
            reader.Choice("sort", ["count", "name"], 0) == 1, reader.Choice("order", ["asc", "desc"], 1) == 0,
            reader.Number("offset", 0, 0, int.MaxValue), reader.Number("limit", DefaultLimit, 1, MostTags));
        reader.Check();
        var (assets, user) = await access.OfAsync(context);
        var counts = await assets.RefinePageAsync(user, filter, query);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("tag_counts");
            foreach (var tag in counts)
                writer.WriteNumber(tag.Name, tag.Count);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private static Task<AssetRefusedException> UnknownAsync(IAssetGrain assets, Guid id) =>
        AssetAccess.RefusalAsync(assets, id, AssetRefusedException.NotFound($"AssetReference {id} not found", id));

    private static IResult Changed(TagChange change, string changed, string unchanged) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        Write(writer, changed, change.Changed);
        Write(writer, unchanged, change.Unchanged);
        Write(writer, "total_tags", change.Tags);
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, string name, ImmutableArray<string> tags)
    {
        writer.WriteStartArray(name);
        foreach (var tag in tags)
            writer.WriteStringValue(tag);
        writer.WriteEndArray();
    }
}
