namespace Farm.Gateway.Http;

/// <summary>The origin whose pages may call from elsewhere, <see cref="GatewayOptions.CorsOrigin"/>: whether a request comes from it, and what its browsers are told.</summary>
internal static class AllowedOrigin
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <summary>What the frontend and scripts of its origin send beyond what browsers let any page send.</summary>
    private const string RequestHeaders = "Content-Type, Authorization, Comfy-User, X-API-Key, X-Farm-Request";

    /// <summary>Whether a page of that origin sent the request. Images and styles carry no origin: their page is in the referrer.</summary>
    public static bool Sent(HttpRequest request, string allowed) => allowed.Length > 0 && (allowed == Any || Is(OriginOf(request), allowed));

    /// <summary>Whether an origin, as a browser sends it, is the allowed one.</summary>
    public static bool Is(string? origin, string allowed) => origin is { Length: > 0 } && origin.Equals(allowed, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text is an origin as browsers write it: scheme, host, and a port that is not the scheme's own.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && Is(uri.GetLeftPart(UriPartial.Authority), text);

    /// <summary>Lets the browser give the answer to the page. Credentials go with a named origin alone: browsers refuse an answer that lets everybody have them.</summary>
    public static void Tell(IHeaderDictionary headers, string allowed, bool sent)
    {
        if (allowed != Any)
            headers.Append("Vary", "Origin");
        if (!sent)
            return;
        headers.AccessControlAllowOrigin = allowed;
        headers.AccessControlAllowMethods = "POST, GET, DELETE, PUT, OPTIONS, PATCH";
        headers.AccessControlAllowHeaders = RequestHeaders;
        if (allowed != Any)
            headers.AccessControlAllowCredentials = "true";
    }

    private static string? OriginOf(HttpRequest request)
    {
        if (request.Headers.Origin is [{ Length: > 0 } origin])
            return origin;
        return request.Headers.Referer is [{ } page] && Uri.TryCreate(page, UriKind.Absolute, out var from) ? from.GetLeftPart(UriPartial.Authority) : null;
    }
}
