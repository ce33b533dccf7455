using System.Text.Encodings.Web;
using Farm.Gateway.Http;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Security.Oidc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.SignIn;

/// <summary><c>/farm/login</c>: a key, or an account at the OpenID provider, becomes a session; <c>/farm/logout</c> ends it.</summary>
internal sealed partial class SignInEndpoints(
    KeyDirectory keys, SignInFailures failures, Session session, IOptions<OidcOptions> oidc, IOptions<GatewayOptions> options, ILogger<SignInEndpoints> logger) : IResource
{
    private const string Page = "sign-in.html";
    private const int LargestForm = 16 * 1024;

    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];
    private static readonly Lazy<string> Template = new(Read);

    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Refusals.SignInPath, Reads, ShowAsync).AllowAnonymous();
        routes.MapPost(Refusals.SignInPath, SignInAsync).AllowAnonymous();
        routes.MapPost("/farm/logout", SignOutAsync).AllowAnonymous();
        if (oidc.Value.HasSignIn)
            routes.MapMethods(Refusals.ProviderPath, Reads, GoToProviderAsync).AllowAnonymous();
    }

    private Task ShowAsync(HttpContext context) => WriteAsync(
        context, context.Request.Query["next"], context.Request.Query.ContainsKey("failed") ? "The provider did not sign you in." : "", StatusCodes.Status200OK);

    private async Task SignInAsync(HttpContext context)
    {
        RefuseForeign(context);
        if (context.Request.ContentLength is null or > LargestForm || !context.Request.HasFormContentType)
            throw new RequestRefusedException("invalid_request", "The form is not as the page sends it");
        var address = RemoteAddress.Of(context);
        failures.Refuse(address);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await keys.OpenAsync(form["key"].ToString().Trim(), address: null) is not { } key)
        {
            failures.Count(address);
            Failed(logger, address);
            await WriteAsync(context, form["next"], "This key opens nothing.", StatusCodes.Status401Unauthorized);
            return;
        }
        await session.StartAsync(context, Caller.Of(key));
        SignedIn(logger, key.Id, key.Tenant, address);
        SeeOther(context, Local(form["next"]));
    }

    private async Task SignOutAsync(HttpContext context)
    {
        RefuseForeign(context);
        await context.SignOutAsync(Session.Scheme);
        SeeOther(context, Refusals.SignInPath);
    }

    private static async Task GoToProviderAsync(HttpContext context)
    {
        try
        {
            await context.ChallengeAsync(OidcSetup.SignInScheme, new AuthenticationProperties { RedirectUri = Local(context.Request.Query["next"]) });
        }
        catch (InvalidOperationException)
        {
            throw OidcSetup.Unavailable();
        }
    }

    /// <summary>A path of this server; the root for anything that could lead elsewhere.</summary>
    internal static string Local(string? next) =>
        next is ['/', ..] && !(next.Length > 1 && next[1] is '/' or '\\') && next.All(c => c is > ' ' and <= '~') ? next : "/";

    private void RefuseForeign(HttpContext context)
    {
        if (!SameOrigin.IsOwn(context.Request, options.Value.CorsOrigin))
            throw new RequestRefusedException("cross_site_request", "The request comes from another page", status: StatusCodes.Status403Forbidden);
    }

    private static void SeeOther(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }

    private async Task WriteAsync(HttpContext context, string? next, string message, int status)
    {
        var (response, path) = (context.Response, Local(next));
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        var provider = oidc.Value.HasSignIn
            ? $"<p><a href=\"{Refusals.ProviderPath}?next={Uri.EscapeDataString(path)}\">Sign in with {HtmlEncoder.Default.Encode(oidc.Value.DisplayName)}</a></p>"
            : "";
        var signedIn = Caller.Of(context.User) is { } caller
            ? $"<form method=\"post\" action=\"/farm/logout\"><p>Signed in as {HtmlEncoder.Default.Encode(caller.Actor)} of {HtmlEncoder.Default.Encode(caller.Tenant)}.</p><button>Sign out</button></form>"
            : "";
        var page = Template.Value.Replace("{{next}}", HtmlEncoder.Default.Encode(path), StringComparison.Ordinal)
            .Replace("{{message}}", HtmlEncoder.Default.Encode(message), StringComparison.Ordinal)
            .Replace("{{provider}}", provider, StringComparison.Ordinal).Replace("{{session}}", signedIn, StringComparison.Ordinal);
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.WriteAsync(page, context.RequestAborted);
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(SignInEndpoints).Assembly.GetManifestResourceStream(Page)!);
        return reader.ReadToEnd();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Key {Key} of tenant {Tenant} signed in from {Address}")]
    private static partial void SignedIn(ILogger logger, string key, string tenant, string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A wrong key was tried at the sign-in page from {Address}")]
    private static partial void Failed(ILogger logger, string address);
}
