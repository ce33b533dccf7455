using Microsoft.AspNetCore.Http.Features;

namespace Farm.Gateway.Http;

/// <summary>
/// The server resolves <c>.</c> and <c>..</c> in a path before anything sees it, so that <c>/models/..</c> would answer as <c>/</c>. ComfyUI
/// takes them for names, which its routes then refuse; so do ours, with the path put back as it was sent. Names never become paths
/// unchecked, see <see cref="Farm.Storage.FileKey"/>.
/// </summary>
internal sealed class PathAsSent(RequestDelegate next)
{
    /// <summary>Puts the path back where it held dot segments, and goes on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.StartsWith('/'))
        {
            var segments = target.Split('?', 2)[0].Split('/');
            if (segments.Any(IsDots))
                context.Request.Path = new PathString(string.Join('/', segments.Select(Decode)));
        }
        return next(context);
    }

    private static bool IsDots(string segment) => Uri.UnescapeDataString(segment) is "." or "..";

    // As the server does: all but the slash, which would split the segment.
    private static string Decode(string segment) => Uri.UnescapeDataString(
        segment.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));
}
