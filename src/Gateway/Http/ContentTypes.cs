using Farm.Storage;

namespace Farm.Gateway.Http;

/// <summary>Content types for downloads, as recorded from ComfyUI 0.19.3.</summary>
internal static class ContentTypes
{
    private const string Bytes = "application/octet-stream";

    /// <summary>The type to send a file as: what a browser would run as a page of this server becomes plain bytes.</summary>
    public static string ForViewing(string name)
    {
        // ComfyUI registers its own type for scripts, which its list of dangerous types does not have.
        if (name.EndsWith(".js", StringComparison.OrdinalIgnoreCase))
            return "application/javascript; charset=utf-8";
        return MediaTypes.Of(name) is { } type ? Harmless(type) : Bytes;
    }

    /// <summary>A media type as it is sent.</summary>
    public static string Harmless(string type) =>
        type is "text/html" or "text/html-sandboxed" or "application/xhtml+xml" or "text/javascript" or "text/css" ? Bytes : type;
}
