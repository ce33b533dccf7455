using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.Oidc;

/// <summary>The OpenID provider whose tokens are taken, bound from <c>Farm:Security:Oidc</c>. Checked when the process starts.</summary>
public sealed class OidcOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Security:Oidc";

    /// <summary>The provider's address, below which <c>.well-known/openid-configuration</c> is found. None by default: no tokens are taken.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The audience that bearer tokens must name. None by default; must be given with <see cref="Authority"/>.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Whether the provider must be reached over https. True by default.</summary>
    public bool RequireHttps { get; set; } = true;

    /// <summary>The claim that names the tenant. Default: <c>farm_tenant</c>.</summary>
    public string TenantClaim { get; set; } = "farm_tenant";

    /// <summary>The tenant of tokens without that claim. None by default: they are refused.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The claim that names the scopes, as a list or as words in one text. Default: <c>scope</c>.</summary>
    public string ScopesClaim { get; set; } = "scope";

    /// <summary>What stands before <c>read</c>, <c>submit</c> and <c>operate</c> in that claim. Default: <c>farm:</c>.</summary>
    public string ScopePrefix { get; set; } = "farm:";

    /// <summary>The claim that names the user inside the tenant; the <c>Comfy-User</c> header then counts for nothing. None by default.</summary>
    public string UserClaim { get; set; } = "";

    /// <summary>The client's id at the provider, for signing in at the page (code flow with PKCE). None by default: the page takes keys alone.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client's secret. None by default, for a public client.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>A file that holds the client's secret. None by default.</summary>
    public string ClientSecretFile { get; set; } = "";

    /// <summary>Scopes that the page asks the provider for beside <c>openid</c>, as words in one text. Default: <c>profile</c>.</summary>
    public string SignInScopes { get; set; } = "profile";

    /// <summary>What the page calls the provider. Default: <c>OpenID</c>.</summary>
    public string DisplayName { get; set; } = "OpenID";

    /// <summary>Whether tokens are taken.</summary>
    internal bool IsOn => Authority.Length > 0;

    /// <summary>Whether one can sign in at the page.</summary>
    internal bool HasSignIn => IsOn && ClientId.Length > 0;

    /// <summary>The client's secret, wherever it stands.</summary>
    internal string Secret => ClientSecretFile.Length > 0 ? File.ReadAllText(ClientSecretFile).Trim() : ClientSecret;

    /// <summary>Says which option breaks which rule, or nothing. Says nothing of the secret itself.</summary>
    internal IEnumerable<string> Problems()
    {
        if (ClientSecret.Length > 0 && ClientSecretFile.Length > 0)
            yield return $"{Section}:{nameof(ClientSecret)} and {nameof(ClientSecretFile)} are both given; one of them must be empty.";
        if (ClientSecretFile.Length > 0 && !File.Exists(ClientSecretFile))
            yield return $"{Section}:{nameof(ClientSecretFile)} is '{ClientSecretFile}'; the file must exist.";
        if (!IsOn)
            yield break;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            yield return $"{Section}:{nameof(Authority)} is '{Authority}'; it must be an http or https address.";
        else if (RequireHttps && address.Scheme != Uri.UriSchemeHttps)
            yield return $"{Section}:{nameof(Authority)} is '{Authority}'; it must be an https address unless {nameof(RequireHttps)} is false.";
        foreach (var (name, value) in new[] { (nameof(Audience), Audience), (nameof(TenantClaim), TenantClaim), (nameof(ScopesClaim), ScopesClaim) })
        {
            if (value.Length == 0)
                yield return $"{Section}:{name} is empty; it must be given with {nameof(Authority)}.";
        }
    }
}

/// <summary>Checks <see cref="OidcOptions"/> at start.</summary>
internal sealed class OidcOptionsValidator : IValidateOptions<OidcOptions>
{
    public ValidateOptionsResult Validate(string? name, OidcOptions options) =>
        options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
