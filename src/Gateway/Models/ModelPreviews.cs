using System.Text.Json;
using Farm.Gateway.Http;
using Farm.Gateway.View;
using Farm.Storage;

namespace Farm.Gateway.Models;

/// <summary>
/// A picture of a model: an image of the same name beside it, else the first cover image in the metadata of a safetensors file.
/// </summary>
internal sealed class ModelPreviews(ImageConverter images)
{
    private const string Covers = "ssmd_cover_images";
    private const int Quality = 90;
    private const int Depth = 16;

    /// <summary>The picture as WebP; null where the model has none.</summary>
    /// <param name="store">The tenant's files.</param>
    /// <param name="model">The model's file; its extension does not matter.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<byte[]?> FindAsync(IFileStore store, FileKey model, CancellationToken cancel)
    {
        var name = model.Name[..^Path.GetExtension(model.Name).Length];
        var siblings = new List<FileKey>();
        await foreach (var file in store.ListAsync(model.Area, model.Folder, recursive: false, cancel))
        {
            if (file.Key.Name.StartsWith(name + ".", StringComparison.Ordinal))
                siblings.Add(file.Key);
        }
        if (siblings.Where(file => MediaTypes.IsKind(file.Name, "image")).OrderBy(file => file.Name.Length).FirstOrDefault() is { Path: not null } image)
        {
            await using var content = await store.OpenReadAsync(image, cancel);
            return Convert(content, image.Name);
        }
        foreach (var file in siblings.Where(file => file.Name == name + ".safetensors"))
        {
            if (Cover(await SafetensorsMetadata.ReadAsync(store, file, cancel)) is { } cover)
                return Convert(new MemoryStream(cover), file.Name);
        }
        return null;
    }

    private byte[] Convert(Stream content, string name)
    {
        using var image = images.Decode(content, name);
        return ImageConverter.Preview(image, jpeg: false, Quality);
    }

    private static byte[]? Cover(JsonElement? metadata)
    {
        if (metadata?.Member(Covers) is not { ValueKind: JsonValueKind.String } text)
            return null;
        try
        {
            var covers = JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text.GetString()!), Depth);
            return covers is { ValueKind: JsonValueKind.Array } && covers.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first
                && first.TryGetBytesFromBase64(out var bytes) ? bytes : null;
        }
        catch (JsonException)
        {
            // Metadata is whatever its author wrote: this one has no list of covers.
            return null;
        }
    }
}
