using Farm.Gateway.Http;
using Farm.Storage;
using Farm.Storage.Hashing;

namespace Farm.Gateway.Uploads;

/// <summary>Where a tenant's upload goes by ComfyUI's rules: type, subfolder, and a name that does not collide.</summary>
internal sealed class UploadPlace(TenantFiles files)
{
    private const int MostAttempts = 10_000;

    /// <summary>
    /// Stores an upload. A name that is taken is numbered (<c>photo (1).png</c>) unless it may be overwritten; the same content under a
    /// name is kept as it is.
    /// </summary>
    /// <param name="target">Area, folder and name as asked for.</param>
    /// <param name="form">The form, for overwrite and the sent content's hash.</param>
    /// <param name="write">Writes the file.</param>
    /// <param name="asSent">Whether what it writes is the form's file.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<StoredUpload> StoreAsync(UploadTarget target, UploadForm form, Func<Stream, CancellationToken, Task> write, bool asSent, CancellationToken cancel)
    {
        for (var number = 0; number < MostAttempts; number++)
        {
            var key = target.Numbered(number);
            if (!Overwrites(form) && await files.Store.FindAsync(key, cancel) is { } existing)
            {
                if (existing.Size == form.Size && await HashAsync(existing, cancel) == form.Hash)
                    return new StoredUpload(existing, form.Hash);
                continue;
            }
            if (await files.Store.WriteAsync(key, write, Overwrites(form), cancel) is not { } written)
                continue;
            var hash = asSent ? form.Hash : await HashAsync(written, cancel);
            await files.Contents.AddAsync(hash, written, cancel);
            return new StoredUpload(written, hash);
        }
        throw AllTaken();
    }

    /// <summary>The name that an upload would get, where nothing is to be written after all.</summary>
    public async Task<FileKey> FreeAsync(UploadTarget target, UploadForm form, CancellationToken cancel)
    {
        for (var number = 0; number < MostAttempts; number++)
        {
            if (Overwrites(form) || await files.Store.FindAsync(target.Numbered(number), cancel) is null)
                return target.Numbered(number);
        }
        throw AllTaken();
    }

    private static bool Overwrites(UploadForm form) => form["overwrite"] is "true" or "1";

    private static RequestRefusedException AllTaken() => RequestRefusedException.Field("image", "all numbers of this name are taken");

    private async Task<ContentHash> HashAsync(FileEntry file, CancellationToken cancel)
    {
        if (file.Hash is { } known)
            return known;
        await using var content = await files.Store.OpenReadAsync(file.Key, cancel);
        await using var hashing = new HashingStream(Stream.Null);
        await content.CopyToAsync(hashing, cancel);
        return hashing.Hash;
    }
}

/// <summary>An upload in its place.</summary>
/// <param name="File">The file.</param>
/// <param name="Hash">Its content's hash.</param>
internal readonly record struct StoredUpload(FileEntry File, ContentHash Hash);

/// <summary>Where a client wants its file.</summary>
/// <param name="Area">Input, output or temp.</param>
/// <param name="Folder">Path inside the area.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Subfolder">The folder as written, for the answer.</param>
internal sealed record UploadTarget(FileArea Area, string Folder, string Name, string Subfolder)
{
    /// <summary>The area's name on the wire.</summary>
    public string Type => Area.ToString().ToLowerInvariant();

    /// <summary>Reads a form; null where ComfyUI refuses it with an empty 400.</summary>
    public static UploadTarget? Read(UploadForm form)
    {
        var type = form["type"];
        var area = type is null ? FileArea.Input : AnnotatedName.AreaOf(type);
        if (area is null)
            throw RequestRefusedException.Field("type", "must be input, output or temp");
        if (form.FileName is null)
            return null;
        if (form.FileName.Length == 0)
            throw RequestRefusedException.Field("image", "must have a file name");
        var subfolder = form["subfolder"] ?? "";
        var folder = View.Subfolder.Resolve(area.Value, subfolder);
        var name = form.FileName.TrimStart('/');
        if (folder.Outside || folder.Path is null || name.Split('/').Contains("..", StringComparer.Ordinal))
            return null;
        if (name.Contains('/'))
            throw RequestRefusedException.Field("image", "a file name must not contain a folder; use subfolder");
        return new UploadTarget(area.Value, folder.Path, name, subfolder);
    }

    /// <summary>The file's key; from 1 on with a number behind its name.</summary>
    public FileKey Numbered(int number)
    {
        if (number == 0)
            return FileKey.Create(Area, Folder, Name);
        var dot = Name.LastIndexOf('.') is var at and > 0 ? at : Name.Length;
        return FileKey.Create(Area, Folder, $"{Name[..dot]} ({number}){Name[dot..]}");
    }
}
