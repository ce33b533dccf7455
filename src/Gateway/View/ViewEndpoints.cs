using System.Globalization;
using Farm.Contracts.Assets;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Storage;
using Farm.Storage.Hashing;
using SkiaSharp;

namespace Farm.Gateway.View;

/// <summary><c>/view</c>: files of input, output and temp, as they are or as something to look at.</summary>
internal sealed class ViewEndpoints(
    RequestFiles files, ImageConverter images, IGrainFactory grains, IdentityResolver identities) : IResource
{
    private const string HashScheme = "blake3:";
    private const int DefaultQuality = 90;

    public void Map(IEndpointRouteBuilder routes) => routes.MapRead("/view", ViewAsync);

    private async Task<IResult> ViewAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var cancel = context.RequestAborted;
        var name = query["filename"].ToString();
        if (name.StartsWith(HashScheme, StringComparison.Ordinal))
            return await FindContentAsync(name, context) is { } known ? await SendAsync(known, query, context) : Answers.Empty(StatusCodes.Status404NotFound);
        var target = ViewTarget.Read(query);
        if (target.Key is not { } key)
            return Answers.Empty(target.Refusal);
        return await files.Of(context).Store.FindAsync(key, cancel) is { } file
            ? await SendAsync(file, query, context)
            : Answers.Empty(StatusCodes.Status404NotFound);
    }

    /// <summary>A file with a content of the tenant's own; null for one that only others have.</summary>
    private async Task<FileEntry?> FindContentAsync(string name, HttpContext context) =>
        ContentHash.TryParse(name, out var hash) && await grains.GetGrain<IAssetGrain>(identities.Of(context).Tenant).HasContentAsync(hash.ToString())
            ? await files.Of(context).Contents.FindAsync(hash, context.RequestAborted)
            : null;

    private async Task<IResult> SendAsync(FileEntry file, IQueryCollection query, HttpContext context)
    {
        var channel = query["channel"].ToString();
        var store = files.Of(context).Store;
        var preview = query.TryGetValue("preview", out var wanted) ? wanted.ToString() : null;
        if (preview is null && channel is not ("rgb" or "a"))
            return new FileAnswer(store, file, ContentTypes.ForViewing(file.Key.Name));
        await using var content = await store.OpenReadAsync(file.Key, context.RequestAborted);
        using var image = images.Decode(content, file.Key.Name);
        context.Response.Headers.ContentDisposition = FileAnswer.Disposition(file.Key.Name);
        if (preview is not null)
            return Preview(image, preview, channel);
        return TypedResults.Bytes(channel == "rgb" ? ImageConverter.Colours(image) : ImageConverter.Alpha(image), "image/png");
    }

    private static IResult Preview(SKBitmap image, string preview, string channel)
    {
        var parts = preview.Split(';');
        // A format nobody knows is WebP; with the alpha channel asked for, JPEG would lose it.
        var jpeg = parts[0] == "jpeg" && !channel.Contains('a', StringComparison.Ordinal);
        var quality = DefaultQuality;
        if (parts[^1].Length > 0 && parts[^1].All(char.IsAsciiDigit))
            quality = int.TryParse(parts[^1], CultureInfo.InvariantCulture, out var given) && given <= 100
                ? given
                : throw RequestRefusedException.Field("preview", "the quality must be between 0 and 100");
        return TypedResults.Bytes(ImageConverter.Preview(image, jpeg, quality), jpeg ? "image/jpeg" : "image/webp");
    }
}
