using System.Security.Claims;
using Farm.Contracts.Security;

namespace Farm.Gateway.Security;

/// <summary>Who signed in. It travels as the claims of the request's principal, and in the cookie of a session.</summary>
/// <param name="Actor">The name in the audit: <c>key:ID</c> or <c>oidc:SUBJECT</c>.</param>
/// <param name="Tenant">The tenant he acts for.</param>
/// <param name="Scopes">What he may do.</param>
internal sealed record Caller(string Actor, string Tenant, AccessScopes Scopes)
{
    private const string ActorClaim = "farm.actor";
    private const string TenantClaim = "farm.tenant";
    private const string ScopesClaim = "farm.scopes";
    private const string UserClaim = "farm.user";
    private const string KeyClaim = "farm.key";
    private const string PrintClaim = "farm.print";
    private const string UntilClaim = "farm.until";

    /// <summary>The user, where the provider names one; null where the <c>Comfy-User</c> header does.</summary>
    public string? User { get; init; }

    /// <summary>The key he came with; null for who came from a provider.</summary>
    public string? KeyId { get; init; }

    /// <summary>Tells the key from another one of the same id.</summary>
    public string? Print { get; init; }

    /// <summary>When it ends by itself; null for not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who speaks by a key.</summary>
    public static Caller Of(ApiKey key) => new($"key:{key.Id}", key.Tenant, key.Scopes) { KeyId = key.Id, Print = PrintOf(key), Until = key.ExpiresAt };

    /// <summary>Who sent a request; null where nobody signed in.</summary>
    public static Caller? Of(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(ActorClaim) is not { } actor || principal.FindFirstValue(TenantClaim) is not { } tenant)
            return null;
        return new Caller(actor, tenant, Enum.TryParse<AccessScopes>(principal.FindFirstValue(ScopesClaim), out var scopes) ? scopes : AccessScopes.None)
        {
            User = principal.FindFirstValue(UserClaim),
            KeyId = principal.FindFirstValue(KeyClaim),
            Print = principal.FindFirstValue(PrintClaim),
            Until = long.TryParse(principal.FindFirstValue(UntilClaim), out var until) ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null,
        };
    }

    /// <summary>Whether a key is the one he came with, and alive.</summary>
    public bool HoldsGood(ApiKey? key, DateTimeOffset now) => key?.IsAlive(now) == true && PrintOf(key) == Print;

    /// <summary>Himself as a principal of a scheme.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        (string Type, string? Value)[] all =
        [
            (ActorClaim, Actor), (TenantClaim, Tenant), (ScopesClaim, Scopes.ToString()), (UserClaim, User), (KeyClaim, KeyId), (PrintClaim, Print),
            (UntilClaim, Until?.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ];
        var claims = all.Where(c => c.Value is not null).Select(c => new Claim(c.Type, c.Value!));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, ActorClaim, ClaimTypes.Role));
    }

    private static string PrintOf(ApiKey key) => Convert.ToHexStringLower(key.Hash.AsSpan()[..8]);
}
