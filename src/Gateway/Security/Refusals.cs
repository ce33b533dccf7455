using Farm.Gateway.Http;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Security.Scopes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Net.Http.Headers;

namespace Farm.Gateway.Security;

/// <summary>What those hear who are not let in: pages are sent to sign in, programs get a 401 or a 403 in ComfyUI's error shape.</summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    /// <summary>The page to sign in at.</summary>
    public const string SignInPath = "/farm/login";

    /// <summary>Leads from there to the OpenID provider.</summary>
    public const string ProviderPath = SignInPath + "/oidc";

    private static readonly PathString[] Apis = ["/api", "/farm/api", "/internal"];

    /// <inheritdoc />
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        throw new RequestRefusedException(
            "forbidden", "The key or session may not do this", $"It needs the scope '{RouteScope.Of(context).ToString().ToLowerInvariant()}'.", StatusCodes.Status403Forbidden);
    }

    /// <summary>Answers a request of nobody who is known.</summary>
    public static void Challenge(HttpContext context)
    {
        var given = KeyHandler.Given(context.Request) is not null;
        if (!given && WantsPage(context.Request))
        {
            context.Response.Redirect($"{SignInPath}?next={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            return;
        }
        var challenge = given ? "Bearer realm=\"farm\", error=\"invalid_token\"" : "Bearer realm=\"farm\"";
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = challenge;
            return Task.CompletedTask;
        });
        throw new RequestRefusedException(
            "unauthorized", given ? "The key or token is not valid" : "Sign in, or send an API key", "Authorization: Bearer, or X-API-Key.", StatusCodes.Status401Unauthorized);
    }

    private static bool WantsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Apis.Any(api => request.Path.StartsWithSegments(api, StringComparison.Ordinal)) && !request.HttpContext.WebSockets.IsWebSocketRequest;
}
