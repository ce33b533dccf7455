using Farm.Gateway.Security.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.SignIn;

/// <summary>
/// A session in a browser: the caller in an encrypted cookie. Its key is looked up at every request, so that a revoked key ends its sessions.
/// </summary>
internal sealed class Session(KeyDirectory keys, IOptions<SecurityOptions> options, TimeProvider clock) : CookieAuthenticationEvents
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "Session";

    /// <summary>The cookie's name.</summary>
    public const string Cookie = "farm_session";

    /// <summary>Signs a caller in.</summary>
    public Task StartAsync(HttpContext context, Caller caller) =>
        context.SignInAsync(Scheme, Limited(caller).ToPrincipal(Scheme), new AuthenticationProperties { IsPersistent = true });

    /// <summary>The caller for as long as a session may last.</summary>
    public Caller Limited(Caller caller)
    {
        var end = clock.GetUtcNow() + options.Value.SessionLife;
        return caller.Until < end ? caller : caller with { Until = end };
    }

    /// <summary>Whether a caller may go on.</summary>
    public async ValueTask<bool> IsGoodAsync(Caller caller)
    {
        var now = clock.GetUtcNow();
        return !(caller.Until <= now) && (caller.KeyId is not { } id || caller.HoldsGood(await keys.FindAsync(id), now));
    }

    /// <inheritdoc />
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (context.Principal is { } principal && Caller.Of(principal) is { } caller && await IsGoodAsync(caller))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }

    /// <summary>How the cookie is.</summary>
    public static void Configure(CookieAuthenticationOptions cookie, SecurityOptions options)
    {
        cookie.Cookie.Name = Cookie;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = options.SessionIdleTime;
        cookie.SlidingExpiration = true;
        cookie.EventsType = typeof(Session);
    }
}
