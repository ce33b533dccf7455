using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Gateway.Http;

namespace Farm.Gateway.Assets;

/// <summary>Assets in ComfyUI's JSON.</summary>
internal static class AssetWriter
{
    /// <summary>Depth that metadata may have: what was taken in can be written.</summary>
    private const int Depth = 1000;

    /// <summary>An answer with one asset.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="createdNew">Whether its content was new; null where that is not said.</param>
    /// <param name="status">The status.</param>
    public static IResult Answer(Asset asset, bool? createdNew = null, int status = StatusCodes.Status200OK) =>
        Answers.Json(writer => Write(writer, asset, createdNew), status);

    /// <summary>Writes an asset.</summary>
    public static void Write(Utf8JsonWriter writer, Asset asset, bool? createdNew = null)
    {
        writer.WriteStartObject();
        WriteCore(writer, asset);
        if (PreviewUrl(asset) is { } url)
            writer.WriteString("preview_url", url);
        if (asset.PreviewId is { } preview)
            writer.WriteString("preview_id", preview);
        WriteMetadata(writer, asset);
        WriteTime(writer, "created_at", asset.CreatedAt);
        WriteTime(writer, "updated_at", asset.UpdatedAt);
        WriteTime(writer, "last_access_time", asset.AccessedAt);
        writer.WriteBoolean("is_immutable", false);
        if (asset.JobId is { } job)
        {
            writer.WriteString("job_id", job);
            writer.WriteString("prompt_id", job);
        }
        if (createdNew is { } isNew)
            writer.WriteBoolean("created_new", isNew);
        writer.WriteEndObject();
    }

    /// <summary>Writes the members that an upload's answer shows.</summary>
    public static void WriteCore(Utf8JsonWriter writer, Asset asset)
    {
        writer.WriteString("id", asset.Id);
        writer.WriteString("name", asset.Name);
        writer.WriteString("asset_hash", asset.Hash);
        writer.WriteNumber("size", asset.Size);
        writer.WriteString("mime_type", asset.MimeType);
        writer.WriteStartArray("tags");
        foreach (var tag in asset.Tags)
            writer.WriteStringValue(tag);
        writer.WriteEndArray();
    }

    /// <summary>Where the asset can be looked at: the preview it was given, or its own file; null where it has neither.</summary>
    private static string? PreviewUrl(Asset asset)
    {
        if (asset.PreviewId is { } preview)
            return $"/api/assets/{preview}/content?disposition=inline";
        if (asset is not { FileName: { } shown, Place.Root: var root } || root is not ("input" or "output" or "temp"))
            return null;
        var slash = shown.LastIndexOf('/');
        var url = $"/api/view?type={root}&filename={Uri.EscapeDataString(shown[(slash + 1)..])}";
        return slash < 0 ? url : $"{url}&subfolder={Uri.EscapeDataString(shown[..slash])}";
    }

    private static void WriteMetadata(Utf8JsonWriter writer, Asset asset)
    {
        using var noted = JsonDocument.Parse(asset.UserMetadata, new JsonDocumentOptions { MaxDepth = Depth });
        writer.WriteStartObject("user_metadata");
        if (asset.FileName is { } fileName)
            writer.WriteString("filename", fileName);
        foreach (var member in noted.RootElement.EnumerateObject().Where(member => asset.FileName is null || member.Name != "filename"))
            member.WriteTo(writer);
        writer.WriteEndObject();
    }

    /// <summary>Times without an offset, in UTC.</summary>
    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset time) =>
        writer.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
}
