using Farm.Contracts.Assets;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.View;
using Farm.Storage.Hashing;

namespace Farm.Gateway.Assets;

/// <summary><c>/api/assets</c>: lists, single assets and their contents.</summary>
internal sealed class AssetEndpoints(
    AssetAccess access, IGrainFactory grains, IdentityResolver identities, AssetBody body, JsonBody json, RequestFiles own) : IResource
{
    public bool IsBare => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/assets", AssetRoutes.Guarded(ListAsync));
        routes.MapRead(AssetRoutes.One, AssetRoutes.Guarded(GetAsync));
        routes.MapOther(HttpMethods.Put, AssetRoutes.One, AssetRoutes.Guarded(UpdateAsync));
        routes.MapRemove(AssetRoutes.One, AssetRoutes.Guarded(DeleteAsync));
        routes.MapRead(AssetRoutes.One + "/content", AssetRoutes.Guarded(ContentAsync));
        routes.MapOther(HttpMethods.Head, "/assets/hash/{hash}", AssetRoutes.Guarded(KnownAsync));
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var reader = new AssetQueryReader(context.Request.Query);
        var query = reader.Page(json);
        reader.Check();
        var (assets, user) = await access.OfAsync(context);
        var page = await assets.ListAsync(user, query);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("assets");
            foreach (var asset in page.Assets)
                AssetWriter.Write(writer, asset);
            writer.WriteEndArray();
            writer.WriteNumber("total", page.Total);
            writer.WriteBoolean("has_more", query.Offset + page.Assets.Length < page.Total);
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> GetAsync(HttpContext context)
    {
        var (assets, user) = await access.OfAsync(context);
        var id = AssetRoutes.IdOf(context);
        return AssetWriter.Answer(await assets.FindAsync(user, id) ?? throw Unknown(id));
    }

    private async Task<IResult> UpdateAsync(HttpContext context)
    {
        var (assets, user) = await access.OfAsync(context);
        var id = AssetRoutes.IdOf(context);
        var change = await body.ReadChangeAsync(context.Request);
        if (await assets.FindAsync(user, id) is null)
            throw await AssetAccess.RefusalAsync(assets, id, Unknown(id));
        if (change.PreviewId is { } preview && await assets.FindAsync(user, preview) is null)
            throw AssetRefusedException.NotFound($"Preview AssetReference {preview} not found", id);
        return AssetWriter.Answer(await assets.UpdateAsync(user, id, change) ?? throw Unknown(id));
    }

    private async Task<IResult> DeleteAsync(HttpContext context)
    {
        var (assets, user) = await access.OfAsync(context);
        var id = AssetRoutes.IdOf(context);
        var reader = new AssetQueryReader(context.Request.Query);
        var withContent = reader.Flag("delete_content", absent: false);
        reader.Check();
        var files = await assets.DeleteAsync(user, id, withContent) ?? throw AssetRefusedException.NotFound($"AssetReference {id} not found.");
        await access.ContentsOf(context).RemoveAsync(files, area => access.MayChange(context, area), context.RequestAborted);
        return Answers.Empty(StatusCodes.Status204NoContent);
    }

    private async Task<IResult> ContentAsync(HttpContext context)
    {
        var (assets, user) = await access.OfAsync(context);
        var id = AssetRoutes.IdOf(context);
        var asset = await assets.FindAsync(user, id) ?? throw AssetRefusedException.NotFound($"AssetReference {id} not found");
        if (await access.ContentsOf(context).FindAsync(asset, context.RequestAborted) is not { } file)
            throw new AssetRefusedException(StatusCodes.Status404NotFound, "FILE_NOT_FOUND", $"The content of AssetReference {id} is gone");
        await assets.TouchAsync(id);
        var way = context.Request.Query["disposition"] == "inline" ? "inline" : "attachment";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return new FileAnswer(own.Of(context).Store, file, ContentTypes.Harmless(asset.MimeType), disposition: $"{way}; filename*=UTF-8''{Uri.EscapeDataString(asset.Name)}");
    }

    private async Task<IResult> KnownAsync(HttpContext context)
    {
        if (!ContentHash.TryParse(context.PathValue("hash"), out var hash))
            return Answers.Empty(StatusCodes.Status400BadRequest);
        return Answers.Empty(await grains.GetGrain<IAssetGrain>(identities.Of(context).Tenant).HasContentAsync(hash.ToString()) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);
    }

    private static AssetRefusedException Unknown(Guid id) => AssetRefusedException.NotFound($"AssetReference {id} not found", id);
}
