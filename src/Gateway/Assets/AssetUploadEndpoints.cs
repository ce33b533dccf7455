using Farm.Contracts.Assets;
using Farm.Gateway.Http;
using Farm.Gateway.Uploads;
using Farm.Storage;
using Farm.Storage.Hashing;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Assets;

/// <summary>New assets: from a file, or from a content that is known already.</summary>
internal sealed class AssetUploadEndpoints(
    AssetAccess access, AssetBody body, JsonBody json, IOptions<GatewayOptions> options) : IResource
{
    private const string FileField = "file";
    private const string FormType = "multipart/form-data";
    private const string Unknown = "application/octet-stream";

    public bool IsBare => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSend("/assets", AssetRoutes.Guarded(UploadAsync));
        routes.MapSend("/assets/from-hash", AssetRoutes.Guarded(ReferAsync));
    }

    private async Task<IResult> UploadAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) is not true)
            throw new AssetRefusedException(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Use multipart/form-data for uploads.");
        var (assets, user) = await access.OfAsync(context);
        await using var form = await UploadForm.ReadAsync(context.Request, FileField, options.Value.StagingFolder)
            ?? throw AssetRefusedException.Bad(AssetRefusedException.InvalidBodyCode, "Content-Type: the boundary is missing or too long");
        if (form["id"] is not null)
            throw AssetRefusedException.Bad("UNSUPPORTED_FIELD", "Client-provided 'id' is not supported. Asset IDs are assigned by the server.");
        var named = AssetForm.HashOf(form);
        if (!form.HasFile && !(named is { } hash && await IsKnownAsync(assets, hash, context)))
            throw AssetRefusedException.Bad("MISSING_FILE", "Form must include a 'file' part or a known 'hash'.");
        if (form is { HasFile: true, Size: 0 })
            throw AssetRefusedException.Bad("EMPTY_UPLOAD", "Uploaded file is empty.");
        var asked = AssetForm.Read(form, json);
        if (form.HasFile && named is { } expected && expected != form.Hash)
            throw AssetRefusedException.Bad("HASH_MISMATCH", "Uploaded file hash does not match provided hash.");
        if (asked.PreviewId is { } preview && await assets.FindAsync(user, preview) is null)
            throw AssetRefusedException.NotFound($"Preview AssetReference {preview} not found", preview);
        return await CreateAsync(context, (assets, user), form, asked, form.HasFile ? form.Hash : named!.Value);
    }

    private static NewAsset Describe(string user, UploadForm form, AssetForm asked, ContentHash hash) => new()
    {
        User = user,
        Name = asked.Name ?? NameOf(form.FileName ?? "", hash),
        Hash = hash.ToString(),
        Tags = asked.Tags,
        UserMetadata = asked.UserMetadata,
        MimeType = asked.MimeType,
        PreviewId = asked.PreviewId,
    };

    private async Task<IResult> CreateAsync(HttpContext context, (IAssetGrain Assets, string User) owner, UploadForm form, AssetForm asked, ContentHash hash)
    {
        var fileName = form.FileName ?? "";
        // Its place is checked even where nothing is written to it: one content must not be refused or taken by whether it is known.
        var key = asked.KeyFor(fileName, hash);
        var asset = Describe(owner.User, form, asked, hash);
        if (!form.HasFile || await IsKnownAsync(owner.Assets, hash, context))
            return AssetWriter.Answer(await owner.Assets.CreateAsync(asset), createdNew: false);
        access.CheckPlace(context, key);
        await access.ContentsOf(context).WriteAsync(key, hash, form.OpenContent(), context.RequestAborted);
        var made = await owner.Assets.CreateAsync(asset with
        {
            Size = form.Size,
            MimeType = asked.MimeType ?? MediaTypes.Of(fileName) ?? Unknown,
            Place = AssetContent.PlaceOf(key),
            FileName = asked.ShownName(key),
        });
        return AssetWriter.Answer(made, createdNew: true, StatusCodes.Status201Created);
    }

    private async Task<IResult> ReferAsync(HttpContext context)
    {
        var (assets, user) = await access.OfAsync(context);
        var asset = await body.ReadReferenceAsync(context.Request, user);
        if (!ContentHash.TryParse(asset.Hash, out var hash) || !await IsKnownAsync(assets, hash, context))
            throw AssetRefusedException.NotFound($"Asset content {asset.Hash} does not exist");
        return AssetWriter.Answer(await assets.CreateAsync(asset), createdNew: false, StatusCodes.Status201Created);
    }

    /// <summary>Whether the tenant has the content, on record and in the store.</summary>
    private async Task<bool> IsKnownAsync(IAssetGrain assets, ContentHash hash, HttpContext context) =>
        await assets.HasContentAsync(hash.ToString()) && await access.ContentsOf(context).ExistsAsync(hash, context.RequestAborted);

    /// <summary>The file's own name without folders; the hash where it has none or one that no asset may have.</summary>
    private static string NameOf(string fileName, ContentHash hash)
    {
        var name = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length > 0 && AssetRules.NameProblem(name) is null ? name : hash.Hex;
    }
}
