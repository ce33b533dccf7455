using System.Security.Claims;
using Farm.Contracts.Security;
using Farm.Gateway.Identity;
using Farm.Gateway.Users;

namespace Farm.Gateway.Security.Oidc;

/// <summary>Makes callers of what a provider says of people and programs.</summary>
internal static class OidcCallers
{
    private static readonly AccessScopes[] Known = [AccessScopes.Read, AccessScopes.Submit, AccessScopes.Operate];

    /// <summary>The caller of a token that was found good; null, with the reason, where it names no tenant or nothing he may do.</summary>
    public static Caller? Of(ClaimsPrincipal token, OidcOptions options, DateTimeOffset? until, out string problem)
    {
        problem = "";
        var tenant = token.FindFirstValue(options.TenantClaim) ?? options.Tenant;
        var user = options.UserClaim.Length > 0 ? token.FindFirstValue(options.UserClaim) : null;
        var scopes = ScopesOf(token, options);
        if (token.FindFirstValue("sub") is not { Length: > 0 } subject)
            problem = "the token has no subject";
        else if (!TenantHeader.IsName(tenant))
            problem = $"the token's claim {options.TenantClaim} names no tenant";
        else if (scopes == AccessScopes.None)
            problem = $"the token's claim {options.ScopesClaim} names nothing that it may do";
        else if (options.UserClaim.Length > 0 && (user is null || !UserName.IsId(user)))
            problem = $"the token's claim {options.UserClaim} is no user's id: letters, digits, '-' and '_'";
        else
            return new Caller($"oidc:{subject}", tenant, scopes) { User = user, Until = until };
        return null;
    }

    private static AccessScopes ScopesOf(ClaimsPrincipal token, OidcOptions options)
    {
        var words = token.FindAll(options.ScopesClaim).SelectMany(c => c.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.Ordinal);
        return Known.Where(scope => words.Contains(options.ScopePrefix + scope.ToString().ToLowerInvariant())).Aggregate(AccessScopes.None, (all, scope) => all | scope);
    }
}
