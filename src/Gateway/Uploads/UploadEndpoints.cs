using Farm.Contracts.Assets;
using Farm.Gateway.Assets;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Uploads;

/// <summary><c>/upload/image</c> and <c>/upload/mask</c>: files from clients, of any kind and up to the size limit.</summary>
internal sealed class UploadEndpoints(
    RequestFiles files, MaskMerger masks, IGrainFactory grains, IdentityResolver identities, IOptions<GatewayOptions> options) : IResource
{
    private const string FileField = "image";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSend("/upload/image", ImageAsync);
        routes.MapSend("/upload/mask", MaskAsync);
    }

    private async Task<IResult> ImageAsync(HttpContext context)
    {
        await using var form = await UploadForm.ReadAsync(context.Request, FileField, options.Value.StagingFolder);
        if (form is null || UploadTarget.Read(form) is not { } target)
            return Answers.Empty(StatusCodes.Status400BadRequest);
        var stored = await new UploadPlace(files.Of(context)).StoreAsync(target, form, form.OpenContent().CopyToAsync, asSent: true, context.RequestAborted);
        return Stored(target, stored.File.Key, await RegisterAsync(context, stored));
    }

    private async Task<IResult> MaskAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        await using var form = await UploadForm.ReadAsync(context.Request, FileField, options.Value.StagingFolder);
        if (form is null || UploadTarget.Read(form) is not { } target)
            return Answers.Empty(StatusCodes.Status400BadRequest);
        var own = files.Of(context);
        var place = new UploadPlace(own);
        var merged = await masks.MergeAsync(form, own.Store, cancel);
        if (merged is null)
            return Stored(target, await place.FreeAsync(target, form, cancel), asset: null);
        var stored = await place.StoreAsync(target, form, (stream, token) => stream.WriteAsync(merged, token).AsTask(), asSent: false, cancel);
        return Stored(target, stored.File.Key, await RegisterAsync(context, stored));
    }

    private Task<Asset> RegisterAsync(HttpContext context, StoredUpload stored)
    {
        var identity = identities.Of(context);
        var file = stored.File;
        return grains.GetGrain<IAssetGrain>(identity.Tenant).RegisterFileAsync(
            new AssetFile(identity.User, AssetContent.PlaceOf(file.Key), stored.Hash.ToString(), file.Size, file.ModifiedAt));
    }

    private static IResult Stored(UploadTarget target, FileKey key, Asset? asset) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", key.Name);
        writer.WriteString("subfolder", target.Subfolder);
        writer.WriteString("type", target.Type);
        if (asset is not null)
        {
            writer.WriteStartObject("asset");
            AssetWriter.WriteCore(writer, asset);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    });
}
