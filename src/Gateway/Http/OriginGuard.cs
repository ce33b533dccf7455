using System.Net;
using Farm.Gateway.Security;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Http;

/// <summary>
/// Keeps web pages of other origins away from a server on a loopback address, and answers preflights. The origin that
/// <see cref="GatewayOptions.CorsOrigin"/> names is let in, by CORS headers; others are kept away as before.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, IOptions<GatewayOptions> options, SecurityMode mode)
{
    /// <summary>Answers 403 to a foreign origin and 200 to any OPTIONS; passes everything else on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var allowed = options.Value.CorsOrigin;
        var sent = AllowedOrigin.Sent(context.Request, allowed);
        if (!sent && IsForeign(context.Request) && !(mode.IsClosed && IsNavigation(context.Request)))
            return Answer(context, StatusCodes.Status403Forbidden);
        // Refusals too: a page that may not read them would not know why.
        if (allowed.Length > 0)
            context.Response.OnStarting(() =>
            {
                AllowedOrigin.Tell(context.Response.Headers, allowed, sent);
                return Task.CompletedTask;
            });
        return HttpMethods.IsOptions(context.Request.Method) ? Answer(context, StatusCodes.Status200OK) : next(context);
    }

    /// <summary>Whether a browser sent the request for a page of another origin to this machine's loopback address.</summary>
    internal static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is ["cross-site"])
            return true;
        if (request.Headers.Origin is not [{ Length: > 0 } text] || !IsLoopback(request.Host.Host))
            return false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var origin) || origin.Host.Length == 0)
            return false;
        var port = origin.GetComponents(UriComponents.StrongPort, UriFormat.Unescaped);
        var portGiven = text.AsSpan(text.IndexOf("//", StringComparison.Ordinal) + 2).Contains(':') && port.Length > 0;
        return !origin.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase)
            || (portGiven && request.Host.Port is { } own && origin.Port != own);
    }

    // A person who comes along a link, as back from an OpenID provider. Where callers sign in it is their session that counts, not where they come from.
    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"];

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
