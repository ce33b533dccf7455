using Farm.Storage;

namespace Farm.Gateway.Identity;

/// <summary>The files of the tenant whose request it is, and no others.</summary>
internal sealed class RequestFiles(IFarmFiles files, IdentityResolver identities)
{
    /// <summary>The files of a request's tenant.</summary>
    public TenantFiles Of(HttpContext context) => files.Of(identities.Of(context).Tenant);
}
