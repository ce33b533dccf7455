using Farm.Gateway.Http;
using Farm.Gateway.Security.Audit;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Security.Limits;
using Farm.Gateway.Security.Oidc;
using Farm.Gateway.Security.Scopes;
using Farm.Gateway.Security.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security;

/// <summary>Who is let in, and to what.</summary>
internal static class SecurityExtensions
{
    private const string AnyScheme = "Farm";

    /// <summary>Adds it, from the sections <c>Farm:Security</c>, <c>Farm:Security:Oidc</c> and <c>Farm:Security:RateLimits</c>.</summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();
        var oidc = configuration.GetSection(OidcOptions.Section).Get<OidcOptions>() ?? new OidcOptions();
        var mode = new SecurityMode(options.Require || options.BootstrapKey.Length + options.BootstrapKeyFile.Length > 0 || oidc.IsOn);
        services.AddSingleton(mode).AddOptionsOf(configuration)
            .AddSingleton<SignInFailures>()
            .AddSingleton<KeyDirectory>()
            .AddSingleton<IResource, KeyEndpoints>()
            .AddSingleton<IResource, AuditEndpoints>()
            .AddSingleton<IAuthorizationHandler, ScopeHandler>()
            .AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>()
            .AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new ScopeRequirement()).Build());
        if (mode.IsClosed)
            services.AddSignIn(options, oidc);
        else if (!options.AllowOpen)
            services.AddSingleton<IConnectionListenerFactory, OpenListenerGuard>();
        return services;
    }

    /// <summary>Finds out who sends a request, and lets nobody past who may not: before any file or route is looked for.</summary>
    public static void UseSignIn(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<SecurityMode>().IsClosed)
            return;
        app.UseAuthentication();
        app.UseMiddleware<RequestLimits>();
        app.UseMiddleware<SignInGate>();
        app.UseMiddleware<SameOrigin>();
    }

    /// <summary>Holds a caller against the route that was found, and writes down what operators do.</summary>
    public static void UseScopes(this WebApplication app)
    {
        app.UseMiddleware<OperatorAudit>();
        app.UseAuthorization();
    }

    private static IServiceCollection AddOptionsOf(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SecurityOptions>().Bind(configuration.GetSection(SecurityOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddOptions<OidcOptions>().Bind(configuration.GetSection(OidcOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OidcOptions>, OidcOptionsValidator>();
        services.AddOptions<RateLimitOptions>().Bind(configuration.GetSection(RateLimitOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>();
        return services;
    }

    private static void AddSignIn(this IServiceCollection services, SecurityOptions options, OidcOptions oidc)
    {
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, any => any.ForwardDefaultSelector = context => SchemeOf(context.Request, oidc))
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.SchemeName, null)
            .AddCookie(Session.Scheme, cookie => Session.Configure(cookie, options))
            .AddOidc(oidc);
        services.AddDataProtection().SetApplicationName("farm");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = new KeyRingRepository(provider.GetRequiredService<IGrainFactory>())));
        services.AddSingleton<Session>()
            .AddSingleton<RequestLimits>()
            .AddSingleton<IResource, SignInEndpoints>()
            .AddHostedService<SocketWarden>();
    }

    /// <summary>What a caller sends himself counts before the cookie that his browser sends.</summary>
    private static string SchemeOf(HttpRequest request, OidcOptions oidc) => KeyHandler.Given(request) switch
    {
        null => Session.Scheme,
        var given when oidc.IsOn && request.Headers[KeyHandler.Header].Count == 0 && OidcSetup.IsToken(given) => OidcSetup.TokenScheme,
        _ => KeyHandler.SchemeName,
    };
}
