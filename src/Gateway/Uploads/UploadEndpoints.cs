using Farm.Gateway.Http;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Uploads;

/// <summary><c>/upload/image</c> and <c>/upload/mask</c>: files from clients, of any kind and up to the size limit.</summary>
internal sealed class UploadEndpoints(UploadPlace place, MaskMerger masks, IOptions<GatewayOptions> options) : IResource
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
        return Stored(target, await place.StoreAsync(target, form, form.OpenContent().CopyToAsync, context.RequestAborted));
    }

    private async Task<IResult> MaskAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        await using var form = await UploadForm.ReadAsync(context.Request, FileField, options.Value.StagingFolder);
        if (form is null || UploadTarget.Read(form) is not { } target)
            return Answers.Empty(StatusCodes.Status400BadRequest);
        var merged = await masks.MergeAsync(form, cancel);
        return Stored(target, await place.StoreAsync(
            target, form, merged is null ? null : (stream, token) => stream.WriteAsync(merged, token).AsTask(), cancel));
    }

    private static IResult Stored(UploadTarget target, FileKey key) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", key.Name);
        writer.WriteString("subfolder", target.Subfolder);
        writer.WriteString("type", target.Type);
        writer.WriteEndObject();
    });
}
