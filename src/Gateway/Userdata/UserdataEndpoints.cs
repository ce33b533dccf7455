using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.View;
using Farm.Storage;

namespace Farm.Gateway.Userdata;

/// <summary>
/// <c>/userdata/{file}</c>: a user's own files, workflows above all. The name is one segment of the path, slashes in it encoded; it is
/// decoded once and never leaves the user's folder.
/// </summary>
internal sealed class UserdataEndpoints(RequestFiles files, IdentityResolver identities) : IResource
{
    private const string Bytes = "application/octet-stream";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/userdata/{file}", ReadAsync);
        routes.MapSend("/userdata/{file}", WriteAsync);
        routes.MapRemove("/userdata/{file}", DeleteAsync);
        routes.MapSend("/userdata/{file}/move/{dest}", MoveAsync);
    }

    private async Task<IResult> ReadAsync(HttpContext context)
    {
        var (_, place) = await PlaceAsync(context, "file");
        if (place is not { } key)
            return Answers.Empty(StatusCodes.Status403Forbidden);
        var store = files.Of(context).Store;
        if (await store.FindAsync(key, context.RequestAborted) is { } file)
            return new FileAnswer(store, file, MediaTypes.Of(key.Name) ?? Bytes, named: false);
        if (!await store.HasFilesAsync(key, context.RequestAborted))
            return Answers.Empty(StatusCodes.Status404NotFound);
        context.Response.ContentType = Bytes;
        return Answers.Empty(StatusCodes.Status403Forbidden);
    }

    private async Task<IResult> WriteAsync(HttpContext context)
    {
        var (identity, place) = await PlaceAsync(context, "file");
        if (place is not { } key)
            return Answers.Empty(StatusCodes.Status403Forbidden);
        return await StoreAsync(context, key, context.Request.Body.CopyToAsync) is { } written ? Written(context, identity, written) : Taken();
    }

    private async Task<IResult> DeleteAsync(HttpContext context)
    {
        var (_, place) = await PlaceAsync(context, "file");
        if (place is not { } key)
            return Answers.Empty(StatusCodes.Status403Forbidden);
        return Answers.Empty(await files.Of(context).Store.DeleteAsync(key, context.RequestAborted) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound);
    }

    private async Task<IResult> MoveAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var (identity, source) = await PlaceAsync(context, "file");
        var (_, target) = await PlaceAsync(context, "dest");
        if (source is not { } from || target is not { } to)
            return Answers.Empty(StatusCodes.Status403Forbidden);
        var store = files.Of(context).Store;
        if (await store.FindAsync(from, cancel) is not { } file)
            return Answers.Empty(StatusCodes.Status404NotFound);
        if (from == to)
            return Written(context, identity, file);
        // The new name is whole before the old one goes: what dies in between leaves both.
        if (await StoreAsync(context, to, CopyAsync) is not { } moved)
            return Taken();
        await store.DeleteAsync(from, cancel);
        return Written(context, identity, moved);

        async Task CopyAsync(Stream stream, CancellationToken stop)
        {
            await using var content = await store.OpenReadAsync(from, stop);
            await content.CopyToAsync(stream, stop);
        }
    }

    /// <summary>The file as written; null where the name is taken and must stay.</summary>
    private async Task<FileEntry?> StoreAsync(HttpContext context, FileKey key, Func<Stream, CancellationToken, Task> write)
    {
        var store = files.Of(context).Store;
        // Only the very word keeps a file: ComfyUI compares it so.
        var overwrite = context.Request.Query["overwrite"].ToString() != "false";
        try
        {
            return await store.WriteAsync(key, write, overwrite, context.RequestAborted);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && error is not BadHttpRequestException)
        {
            if (await IsFolderAsync(store, key, context.RequestAborted))
                throw RequestRefusedException.Field("file", "is the name of a folder, or lies below a file");
            throw;
        }
    }

    private static async Task<bool> IsFolderAsync(IFileStore store, FileKey key, CancellationToken cancel)
    {
        if (await store.HasFilesAsync(key, cancel))
            return true;
        for (var folder = key.Folder; folder.Contains('/'); folder = folder[..folder.LastIndexOf('/')])
        {
            if (await store.FindAsync(FileKey.Create(key.Area, folder), cancel) is not null)
                return true;
        }
        return false;
    }

    private static IResult Taken() => Answers.Text("File already exists", StatusCodes.Status409Conflict);

    private static IResult Written(HttpContext context, RequestIdentity identity, FileEntry file)
    {
        var name = UserdataPlace.NameOf(identity, file.Key);
        return context.Request.Query["full_info"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase)
            ? Answers.Json(writer => UserdataWriter.WriteInfo(writer, name, file))
            : Answers.Json(writer => writer.WriteStringValue(name));
    }

    private async Task<(RequestIdentity Identity, FileKey? Place)> PlaceAsync(HttpContext context, string name)
    {
        var identity = await identities.KnownAsync(context)
            ?? throw new RequestRefusedException("unknown_user", "Unknown user", "The Comfy-User header names no user of this server.", StatusCodes.Status401Unauthorized);
        return (identity, UserdataPlace.Find(identity, context.PathValue(name)));
    }
}
