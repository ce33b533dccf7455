using System.Security.Claims;
using Farm.Gateway.Http;
using Farm.Gateway.Security.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Farm.Gateway.Security.Oidc;

/// <summary>Bearer tokens of an OpenID provider, and signing in there from the page.</summary>
internal static partial class OidcSetup
{
    /// <summary>The scheme of tokens.</summary>
    public const string TokenScheme = "Token";

    /// <summary>The scheme of signing in.</summary>
    public const string SignInScheme = "OpenId";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    // Signatures that a public key checks; no shared secrets, and never none.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Adds what the options ask for.</summary>
    public static AuthenticationBuilder AddOidc(this AuthenticationBuilder authentication, OidcOptions options)
    {
        if (options.IsOn)
            authentication.AddJwtBearer(TokenScheme, token => Configure(token, options));
        if (options.HasSignIn)
            authentication.AddOpenIdConnect(SignInScheme, signIn => Configure(signIn, options));
        return authentication;
    }

    /// <summary>Whether a text has the form of a token.</summary>
    public static bool IsToken(string text) => text.Count(c => c == '.') == 2;

    /// <summary>The provider does not answer.</summary>
    public static RequestRefusedException Unavailable() =>
        new("sign_in_unavailable", "The OpenID provider cannot be reached just now", "Try again in a moment.", StatusCodes.Status503ServiceUnavailable) { RetryAfter = ClockSkew };

    private static void Configure(JwtBearerOptions token, OidcOptions options)
    {
        (token.Authority, token.Audience, token.RequireHttpsMetadata, token.MapInboundClaims) = (options.Authority, options.Audience, options.RequireHttps, false);
        Check(token.TokenValidationParameters);
        token.Events = new JwtBearerEvents
        {
            OnMessageReceived = context => KnowProviderAsync(context.Options, context.HttpContext.RequestAborted),
            OnTokenValidated = context =>
            {
                if (CallerOf(context.HttpContext, context.Principal!, options, context.SecurityToken.ValidTo) is { } caller)
                    context.Principal = caller.ToPrincipal(TokenScheme);
                else
                    context.Fail("The token names no caller.");
                return Task.CompletedTask;
            },
        };
    }

    private static void Configure(OpenIdConnectOptions signIn, OidcOptions options)
    {
        (signIn.Authority, signIn.RequireHttpsMetadata, signIn.MapInboundClaims) = (options.Authority, options.RequireHttps, false);
        (signIn.ClientId, signIn.ClientSecret) = (options.ClientId, options.Secret is { Length: > 0 } secret ? secret : null);
        (signIn.ResponseType, signIn.ResponseMode, signIn.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
        (signIn.SignInScheme, signIn.CallbackPath, signIn.SaveTokens) = (Session.Scheme, Refusals.SignInPath + "/callback", false);
        signIn.Scope.Clear();
        foreach (var scope in options.SignInScopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend("openid"))
            signIn.Scope.Add(scope);
        // By the code flow nothing of it is posted by the provider's page: no cookie needs to go along with foreign posts.
        signIn.CorrelationCookie.SameSite = signIn.NonceCookie.SameSite = SameSiteMode.Lax;
        signIn.CorrelationCookie.SecurePolicy = signIn.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        Check(signIn.TokenValidationParameters);
        signIn.Events = new OpenIdConnectEvents { OnTokenValidated = context => SignedInAsync(context, options), OnRemoteFailure = FailedAsync };
    }

    /// <summary>Without the provider's keys no token can be told from another: that is no fault of the caller's.</summary>
    private static async Task KnowProviderAsync(JwtBearerOptions token, CancellationToken cancel)
    {
        try
        {
            await token.ConfigurationManager!.GetConfigurationAsync(cancel);
        }
        catch (InvalidOperationException)
        {
            throw Unavailable();
        }
    }

    private static void Check(TokenValidationParameters rules)
    {
        (rules.ValidAlgorithms, rules.ClockSkew) = (Algorithms, ClockSkew);
        (rules.RequireSignedTokens, rules.RequireExpirationTime, rules.ValidateIssuer, rules.ValidateAudience, rules.ValidateLifetime) = (true, true, true, true, true);
    }

    // The session outlives the short life of the token that began it.
    private static Task SignedInAsync(Microsoft.AspNetCore.Authentication.OpenIdConnect.TokenValidatedContext context, OidcOptions options)
    {
        if (CallerOf(context.HttpContext, context.Principal!, options, until: null) is { } caller)
        {
            context.Principal = context.HttpContext.RequestServices.GetRequiredService<Session>().Limited(caller).ToPrincipal(Session.Scheme);
            context.Properties!.IsPersistent = true;
        }
        else
        {
            context.Fail("The account names no caller.");
        }
        return Task.CompletedTask;
    }

    private static Task FailedAsync(RemoteFailureContext context)
    {
        NotSignedIn(LoggerOf(context.HttpContext), context.Failure?.GetType().Name ?? "");
        context.Response.Redirect(Refusals.SignInPath + "?failed");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static Caller? CallerOf(HttpContext context, ClaimsPrincipal principal, OidcOptions options, DateTime? until)
    {
        var end = until is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : (DateTimeOffset?)null;
        if (OidcCallers.Of(principal, options, end, out var problem) is { } caller)
            return caller;
        NoCaller(LoggerOf(context), problem);
        return null;
    }

    private static ILogger LoggerOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Farm.Gateway.Security.Oidc");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A good token was refused: {Problem}")]
    private static partial void NoCaller(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider signed nobody in ({Kind})")]
    private static partial void NotSignedIn(ILogger logger, string kind);
}
