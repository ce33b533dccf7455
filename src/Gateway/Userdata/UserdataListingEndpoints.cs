using System.Text.Json;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Storage;

namespace Farm.Gateway.Userdata;

/// <summary><c>/userdata?dir=</c> lists a folder of a user; <c>/v2/userdata</c> the whole tree below one, folders included.</summary>
internal sealed class UserdataListingEndpoints(RequestFiles own, IdentityResolver identities) : IResource
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/userdata", ListAsync);
        routes.MapRead("/v2/userdata", TreeAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var identity = await identities.KnownAsync(context)
            ?? throw new RequestRefusedException("unknown_user", "Unknown user", "The Comfy-User header names no user of this server.", StatusCodes.Status401Unauthorized);
        var given = context.Request.Query["dir"].ToString();
        if (given.Length == 0)
            return Answers.Text("Directory not provided", StatusCodes.Status400BadRequest);
        if (FolderOf(identity, given) is not { } folder)
            return Answers.Text("Invalid directory", StatusCodes.Status403Forbidden);
        var files = await FilesAsync(own.Of(context).Store, folder, context.RequestAborted);
        if (files.Count == 0)
            return Answers.Text("Directory not found", StatusCodes.Status404NotFound);
        var recurse = Flag(context, "recurse");
        var shown = files
            .Select(file => (File: file, Path: file.Key.Path[(folder.Path.Length + 1)..]))
            .Where(entry => !entry.Path.Split('/').Any(part => part.StartsWith('.')) && (recurse || !entry.Path.Contains('/')));
        return Answers.Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var (file, path) in shown)
                Write(writer, context, file, path);
            writer.WriteEndArray();
        });
    }

    private async Task<IResult> TreeAsync(HttpContext context)
    {
        if (await identities.KnownAsync(context) is not { } identity)
            return Answers.Text("Invalid user specified in request", StatusCodes.Status403Forbidden);
        var given = context.Request.Query["path"].ToString();
        if (FolderOf(identity, given) is not { } folder)
            return Answers.Text("Invalid path requested", StatusCodes.Status400BadRequest);
        var files = await FilesAsync(own.Of(context).Store, folder, context.RequestAborted);
        if (files.Count == 0 && folder.Path != identity.User)
            return await own.Of(context).Store.FindAsync(folder, context.RequestAborted) is null
                ? Answers.Text("Requested path not found", StatusCodes.Status404NotFound)
                : Answers.Text("Requested path is not a directory", StatusCodes.Status400BadRequest);
        var folders = files.SelectMany(file => FoldersAbove(file.Key, folder)).ToHashSet(StringComparer.Ordinal);
        return Answers.Json(writer => WriteTree(writer, identity, files, folders));
    }

    private static void Write(Utf8JsonWriter writer, HttpContext context, FileEntry file, string path)
    {
        if (Flag(context, "full_info"))
        {
            UserdataWriter.WriteInfo(writer, path, file);
        }
        else if (Flag(context, "split"))
        {
            writer.WriteStartArray();
            foreach (var part in path.Split('/').Prepend(path))
                writer.WriteStringValue(part);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStringValue(path);
        }
    }

    /// <summary>Folders first, each kind by name whatever its case.</summary>
    private static void WriteTree(Utf8JsonWriter writer, RequestIdentity identity, List<FileEntry> files, HashSet<string> folders)
    {
        writer.WriteStartArray();
        foreach (var folder in folders.OrderBy(LastPart, StringComparer.OrdinalIgnoreCase))
        {
            writer.WriteStartObject();
            writer.WriteString("name", LastPart(folder));
            writer.WriteString("path", folder[(identity.User.Length + 1)..]);
            writer.WriteString("type", "directory");
            writer.WriteEndObject();
        }
        foreach (var file in files.OrderBy(f => f.Key.Name, StringComparer.OrdinalIgnoreCase))
        {
            writer.WriteStartObject();
            writer.WriteString("name", file.Key.Name);
            writer.WriteString("path", UserdataPlace.NameOf(identity, file.Key));
            writer.WriteString("type", "file");
            writer.WriteNumber("size", file.Size);
            writer.WriteNumber("modified", UserdataWriter.Seconds(file));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static IEnumerable<string> FoldersAbove(FileKey file, FileKey root)
    {
        for (var folder = file.Folder; folder.Length > root.Path.Length; folder = folder[..folder.LastIndexOf('/')])
            yield return folder;
    }

    private static string LastPart(string path) => path[(path.LastIndexOf('/') + 1)..];

    // A folder's name is decoded once more than the query is, as ComfyUI does; what it then says is what is checked.
    private static FileKey? FolderOf(RequestIdentity identity, string name) =>
        FileKey.TryCreate(FileArea.User, out var key, identity.User, Uri.UnescapeDataString(name)) ? key : null;

    private static async Task<List<FileEntry>> FilesAsync(IFileStore store, FileKey folder, CancellationToken cancel)
    {
        var files = new List<FileEntry>();
        await foreach (var file in store.ListAsync(folder.Area, folder.Path, recursive: true, cancel))
            files.Add(file);
        return files;
    }

    private static bool Flag(HttpContext context, string name) => context.Request.Query[name].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
}
