using System.Text.RegularExpressions;
using Farm.Gateway.Http;
using Farm.Gateway.Security;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Identity;

/// <summary>Where a request's tenant comes from, bound from <c>Farm:Tenants</c>.</summary>
public sealed class TenantHeaderOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Tenants";

    /// <summary>
    /// Whether the <c>X-Farm-Tenant</c> header names the tenant: only for a gateway that nobody reaches but through a proxy which sets the
    /// header itself (<see href="scheduling.md">scheduling.md</see>). False by default: the header is ignored, and everybody is tenant <c>default</c>.
    /// </summary>
    public bool TrustHeader { get; set; }

    /// <summary>The tenant whose requests operate the farm and see what every tenant does. <c>default</c> by default, which is everybody where no tenant is named.</summary>
    public string Operators { get; set; } = TenantHeader.Default;
}

/// <summary>Reads the tenant of a request.</summary>
internal sealed partial class TenantHeader(IOptions<TenantHeaderOptions> options)
{
    /// <summary>The tenant of requests that name none.</summary>
    public const string Default = "default";

    /// <summary>The rule for a tenant's name.</summary>
    public const string NameRule = "must be one name of 1 to 64 characters: a to z, 0 to 9, and after the first also '.', '_' and '-'";

    private const string Name = "X-Farm-Tenant";

    /// <summary>The tenant that operates the farm.</summary>
    public string Operators => options.Value.Operators;

    /// <summary>The tenant; refuses a name that breaks the rules.</summary>
    public string Of(HttpContext context)
    {
        if (!options.Value.TrustHeader || context.Request.Headers[Name] is not { Count: > 0 } given)
            return Default;
        return given is [{ } name] && IsName(name) ? name : throw RequestRefusedException.Field(Name, NameRule);
    }

    /// <summary>Whether a text can be a tenant's name.</summary>
    public static bool IsName(string text) => Rule().IsMatch(text);

    /// <summary>The tenant that a caller who signed in acts for; a trusted header that names another one is refused.</summary>
    public string Of(HttpContext context, Caller caller) => !options.Value.TrustHeader || context.Request.Headers[Name].Count == 0 || Of(context) == caller.Tenant
        ? caller.Tenant
        : throw new RequestRefusedException("forbidden", "The key or session is another tenant's", $"{Name} does not agree with it.", StatusCodes.Status403Forbidden);

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Rule();
}
