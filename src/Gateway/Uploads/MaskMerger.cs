using System.Text;
using System.Text.Json;
using Farm.Gateway.Http;
using Farm.Gateway.View;
using Farm.Storage;

namespace Farm.Gateway.Uploads;

/// <summary>Puts the alpha of an uploaded mask into the image it was painted over, whose texts are kept.</summary>
internal sealed class MaskMerger(ImageConverter images, JsonBody json)
{
    /// <summary>
    /// The merged PNG, or null where the original cannot be had: ComfyUI answers as if all were well and writes nothing.
    /// </summary>
    public async Task<byte[]?> MergeAsync(UploadForm form, IFileStore store, CancellationToken cancel)
    {
        if (await FindOriginalAsync(form["original_ref"], store, cancel) is not { } original)
            return null;
        if (original.Size > Array.MaxLength)
            throw RequestRefusedException.Field("original_ref", "the image is too big");
        await using var content = await store.OpenReadAsync(original.Key, cancel);
        var bytes = new byte[original.Size];
        await content.ReadExactlyAsync(bytes, cancel);
        using var picture = images.Decode(new MemoryStream(bytes), original.Key.Name);
        using var mask = images.Decode(form.OpenContent(), form.FileName!);
        if (mask.Width != picture.Width || mask.Height != picture.Height)
            throw RequestRefusedException.Field("image", $"the mask is {mask.Width}x{mask.Height}, the image {picture.Width}x{picture.Height}");
        ImageConverter.CopyAlpha(mask, picture);
        return PngText.Carry(bytes, ImageConverter.Transparent(picture));
    }

    private async Task<FileEntry?> FindOriginalAsync(string? reference, IFileStore store, CancellationToken cancel)
    {
        var read = json.Parse(Encoding.UTF8.GetBytes(reference ?? throw RequestRefusedException.Field("original_ref", "is missing")));
        if (read.Member("filename") is not { ValueKind: JsonValueKind.String } name)
            throw RequestRefusedException.Field("original_ref", "must be an object with a filename");
        var file = name.GetString()!;
        var type = read.Member("type") is { ValueKind: JsonValueKind.String } given ? given.GetString()! : "output";
        var subfolder = read.Member("subfolder") is { ValueKind: JsonValueKind.String } folder ? folder.GetString()! : "";
        if (file.StartsWith('/') || file.Contains("..", StringComparison.Ordinal) || AnnotatedName.AreaOf(type) is not { } area)
            return null;
        return Subfolder.Resolve(area, subfolder) is { Outside: false, Path: { } path } && FileKey.TryCreate(area, out var key, path, file)
            ? await store.FindAsync(key, cancel)
            : null;
    }
}
