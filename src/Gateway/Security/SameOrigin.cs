using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security;

/// <summary>
/// Cookies go along with requests that other pages make: what a session's cookie is enough for must come from this server's own pages. The
/// cookie's SameSite rule keeps other sites away; this keeps their neighbours on the same site away too.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next, IOptions<GatewayOptions> options)
{
    /// <summary>The header that only a script of the page's own origin can set; the farm's own API asks for it.</summary>
    private const string FarmHeader = "X-Farm-Request";

    private static readonly PathString FarmApi = "/farm/api";

    /// <summary>Refuses what another page may have sent; what carries a key or token needs no such care.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity?.AuthenticationType != SignIn.Session.Scheme || !Changes(context))
            return next(context);
        if (!IsOwn(context.Request, options.Value.CorsOrigin))
            throw Foreign("The request comes from another page", "A session may change things from this server's own pages only.");
        if (context.Request.Path.StartsWithSegments(FarmApi, StringComparison.Ordinal) && context.Request.Headers[FarmHeader].Count == 0)
            throw Foreign($"The header {FarmHeader} is missing", "With a session, changes under /farm/api need it.");
        return next(context);
    }

    /// <summary>Whether a browser says that a page of this server, or of the origin that CORS allows, sent it. A browser always says so.</summary>
    public static bool IsOwn(HttpRequest request, string allowed)
    {
        var origin = request.Headers.Origin is [{ Length: > 0 } text] ? text : null;
        if (AllowedOrigin.Is(origin, allowed))
            return true;
        if (request.Headers["Sec-Fetch-Site"] is [{ Length: > 0 } site])
            return site == "same-origin";
        return Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(AuthorityOf(request, from), StringComparison.OrdinalIgnoreCase);
    }

    // Behind a proxy that ends TLS the scheme may be another one: the default port is the page's.
    private static string AuthorityOf(HttpRequest request, Uri from) =>
        request.Host.Port == from.Port && from.IsDefaultPort ? request.Host.Host : request.Host.Value ?? "";

    private static bool Changes(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));

    private static RequestRefusedException Foreign(string message, string details) => new("cross_site_request", message, details, StatusCodes.Status403Forbidden);
}
