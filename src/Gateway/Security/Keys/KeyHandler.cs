using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.Keys;

/// <summary>Takes a key from <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, KeyDirectory keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Key";

    /// <summary>The header of keys.</summary>
    public const string Header = "X-API-Key";

    private const int LongestKey = 1024;
    private const string Bearer = "Bearer ";

    /// <summary>What a request brings along as a key or token; null where it brings none.</summary>
    public static string? Given(HttpRequest request)
    {
        if (request.Headers[Header] is [{ Length: > 0 } key])
            return key;
        return request.Headers.Authorization is [{ } text] && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : null;
    }

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Given(Request) is not { Length: > 0 and <= LongestKey } text)
            return AuthenticateResult.NoResult();
        return await keys.OpenAsync(text, RemoteAddress.Of(Context)) is { } key
            ? AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(key).ToPrincipal(Scheme.Name), Scheme.Name))
            : AuthenticateResult.Fail("The key opens nothing.");
    }
}
