using Farm.Gateway.Http;
using Farm.Storage;

namespace Farm.Gateway.View;

/// <summary>Which file a request for <c>/view</c> means, or the status of its refusal.</summary>
/// <param name="Key">The file's name; its existence is not checked.</param>
/// <param name="Refusal">400 for a bad name or type, 403 for a folder outside, 404 for no name.</param>
internal readonly record struct ViewTarget(FileKey? Key, int Refusal)
{
    /// <summary>Reads filename, type and subfolder by ComfyUI's rules.</summary>
    public static ViewTarget Read(IQueryCollection query)
    {
        if (!query.TryGetValue("filename", out var given))
            return Refused(StatusCodes.Status404NotFound);
        var (name, area) = AnnotatedName.Split(given.ToString());
        if (name.Length == 0 || name.StartsWith('/') || name.Contains("..", StringComparison.Ordinal))
            return Refused(StatusCodes.Status400BadRequest);
        area ??= AnnotatedName.AreaOf(query.TryGetValue("type", out var type) ? type.ToString() : "output");
        if (area is null)
            return Refused(StatusCodes.Status400BadRequest);
        var folder = Subfolder.Resolve(area.Value, query["subfolder"].ToString());
        if (folder.Outside)
            return Refused(StatusCodes.Status403Forbidden);
        var last = name[(name.LastIndexOf('/') + 1)..];
        return folder.Path is { } path && FileKey.TryCreate(area.Value, out var key, path, last)
            ? new ViewTarget(key, StatusCodes.Status200OK)
            : Refused(StatusCodes.Status404NotFound);
    }

    private static ViewTarget Refused(int status) => new(null, status);
}

/// <summary>A folder inside an area as a client writes it, which may go up and come back.</summary>
/// <param name="Path">The folder's path inside the area; null where it cannot exist.</param>
/// <param name="Outside">Whether it leaves the area.</param>
internal readonly record struct Subfolder(string? Path, bool Outside)
{
    /// <summary>Resolves <c>..</c> by name only: <c>../input</c> is the input area itself, <c>..</c> is outside.</summary>
    public static Subfolder Resolve(FileArea area, string written)
    {
        if (written.StartsWith('/') || written.Contains('\\') || written.Contains('\0'))
            return new Subfolder(null, Outside: true);
        var root = area.ToString().ToLowerInvariant();
        var stack = new List<string> { root };
        var wentUpFromFolder = false;
        foreach (var part in written.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "."))
        {
            if (part != "..")
                stack.Add(part);
            else if (stack.Count == 0)
                return new Subfolder(null, Outside: true);
            else
            {
                wentUpFromFolder |= stack.Count > 1;
                stack.RemoveAt(stack.Count - 1);
            }
        }
        if (stack.Count == 0 || stack[0] != root)
            return new Subfolder(null, Outside: true);
        // A folder that is left again would have to exist; no client needs that.
        return new Subfolder(wentUpFromFolder ? null : string.Join('/', stack.Skip(1)), Outside: false);
    }
}
