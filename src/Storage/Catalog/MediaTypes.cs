using System.Collections.Frozen;

namespace Farm.Storage;

/// <summary>Media types by file name extension, as Python's mimetypes module gives them on the recorded server.</summary>
public static class MediaTypes
{
    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".jpe"] = "image/jpeg",
        [".jfif"] = "image/jpeg",
        [".webp"] = "image/webp",
        [".gif"] = "image/gif",
        [".bmp"] = "image/bmp",
        [".tif"] = "image/tiff",
        [".tiff"] = "image/tiff",
        [".avif"] = "image/avif",
        [".heic"] = "image/heic",
        [".heif"] = "image/heif",
        [".ico"] = "image/vnd.microsoft.icon",
        [".svg"] = "image/svg+xml",
        [".mp4"] = "video/mp4",
        [".m4v"] = "video/x-m4v",
        [".mpg"] = "video/mpeg",
        [".mpeg"] = "video/mpeg",
        [".webm"] = "video/webm",
        [".mov"] = "video/quicktime",
        [".qt"] = "video/quicktime",
        [".avi"] = "video/x-msvideo",
        [".mkv"] = "video/x-matroska",
        [".flv"] = "video/x-flv",
        [".mp3"] = "audio/mpeg",
        [".flac"] = "audio/flac",
        [".wav"] = "audio/x-wav",
        [".ogg"] = "audio/ogg",
        [".opus"] = "audio/opus",
        [".m4a"] = "audio/mp4",
        [".aac"] = "audio/aac",
        [".aif"] = "audio/x-aiff",
        [".aiff"] = "audio/x-aiff",
        [".glb"] = "model/gltf-binary",
        [".gltf"] = "model/gltf+json",
        [".obj"] = "model/obj",
        [".stl"] = "model/stl",
        [".fbx"] = "model/fbx",
        [".txt"] = "text/plain",
        [".csv"] = "text/csv",
        [".html"] = "text/html",
        [".htm"] = "text/html",
        [".css"] = "text/css",
        [".md"] = "text/markdown",
        [".json"] = "application/json",
        [".js"] = "text/javascript",
        [".mjs"] = "text/javascript",
        [".xml"] = "application/xml",
        [".xhtml"] = "application/xhtml+xml",
        [".pdf"] = "application/pdf",
        [".zip"] = "application/zip",
        [".tar"] = "application/x-tar",
        [".safetensors"] = "application/safetensors",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Extensions that name a compression of what the extension before them says.</summary>
    private static readonly FrozenSet<string> Compressions = new[] { ".gz", ".bz2", ".xz", ".z", ".br" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The media type of a file of that name; null when the extension says nothing.</summary>
    public static string? Of(string name)
    {
        var extension = Path.GetExtension(name);
        if (Compressions.Contains(extension))
            extension = Path.GetExtension(Path.GetFileNameWithoutExtension(name));
        return ByExtension.GetValueOrDefault(extension);
    }

    /// <summary>Whether a file's media type is of that kind: <c>image</c>, <c>audio</c>, <c>video</c>, <c>model</c>, …</summary>
    public static bool IsKind(string name, string kind) =>
        Of(name) is { } type && type.Length > kind.Length && type[kind.Length] == '/' && type.StartsWith(kind, StringComparison.Ordinal);
}
