using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Farm.Gateway.Tests.Security;

/// <summary>A small OpenID provider on a real socket: discovery, keys, and the code flow with PKCE. Everybody who comes is signed in at once.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    private const string KeyId = "k1";
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new(StringComparer.Ordinal);
    private WebApplication _app = null!;

    public string Issuer => _app.Urls.First();

    /// <summary>Claims of the accounts that sign in by the page.</summary>
    public Dictionary<string, object> Account { get; } = new(StringComparer.Ordinal) { ["sub"] = "ada", ["farm_tenant"] = "studio", ["scope"] = "farm:read farm:submit" };

    public static async Task<OidcProvider> StartAsync()
    {
        var provider = new OidcProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        provider._app = builder.Build();
        provider.Map();
        await provider._app.StartAsync();
        return provider;
    }

    /// <summary>A token as the provider signs it, unless it is told to do otherwise.</summary>
    public string Token(
        IDictionary<string, object> claims, string audience = "farm", string? issuer = null, DateTime? expires = null, SigningCredentials? credentials = null, bool signed = true)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer, Audience = audience, Claims = claims, NotBefore = now.AddHours(-2), IssuedAt = now.AddHours(-2), Expires = expires ?? now.AddHours(1),
            SigningCredentials = signed ? credentials ?? Credentials : null,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private SigningCredentials Credentials => new(new RsaSecurityKey(_rsa) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256);

    private void Map()
    {
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["issuer"] = Issuer, ["jwks_uri"] = Issuer + "/keys", ["authorization_endpoint"] = Issuer + "/authorize", ["token_endpoint"] = Issuer + "/token",
            ["response_types_supported"] = new[] { "code" }, ["subject_types_supported"] = new[] { "public" }, ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        _app.MapGet("/keys", () =>
        {
            var key = _rsa.ExportParameters(includePrivateParameters: false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = KeyId, alg = "RS256", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } } });
        });
        _app.MapGet("/authorize", (HttpRequest request) =>
        {
            var code = Guid.NewGuid().ToString("N");
            _codes[code] = (request.Query["code_challenge"]!, request.Query["nonce"]!);
            return Results.Redirect($"{request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.Query["state"]!)}");
        });
        _app.MapPost("/token", TokenAsync);
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!_codes.TryRemove(form["code"].ToString(), out var asked)
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked.Challenge)
            return Results.BadRequest();
        var id = Token(new Dictionary<string, object>(Account, StringComparer.Ordinal) { ["nonce"] = asked.Nonce }, form["client_id"].ToString());
        return Results.Json(new { access_token = "opaque", token_type = "Bearer", id_token = id, expires_in = 60 });
    }
}
