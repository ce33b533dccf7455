using System.Text.RegularExpressions;
using Farm.Gateway.Http;
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

    private const string Name = "X-Farm-Tenant";

    /// <summary>The tenant that operates the farm.</summary>
    public string Operators => options.Value.Operators;

    /// <summary>The tenant; refuses a name that breaks the rules.</summary>
    public string Of(HttpContext context)
    {
        if (!options.Value.TrustHeader || context.Request.Headers[Name] is not { Count: > 0 } given)
            return Default;
        return given is [{ } name] && Rule().IsMatch(name)
            ? name
            : throw RequestRefusedException.Field(Name, "must be one name of 1 to 64 characters: a to z, 0 to 9, and after the first also '.', '_' and '-'");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Rule();
}
