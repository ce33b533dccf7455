using Farm.Contracts.Security;
using Farm.Contracts.Users;
using Farm.Gateway.Http;
using Farm.Gateway.Security;
using Farm.Gateway.Users;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Identity;

/// <summary>Whose request it is. Everything the gateway does for a request goes through these two names.</summary>
/// <param name="Tenant">Owner of queue, history and sockets.</param>
/// <param name="User">The user inside the tenant.</param>
internal sealed record RequestIdentity(string Tenant, string User);

/// <summary>Multi-user mode, bound from <c>Farm:Users</c>.</summary>
public sealed class UserOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Users";

    /// <summary>Whether the <c>Comfy-User</c> header names the user. False by default: everybody is <c>default</c>.</summary>
    public bool MultiUser { get; set; }
}

/// <summary>Finds out whose request it is.</summary>
internal sealed class IdentityResolver(IOptions<UserOptions> options, TenantHeader tenants, SecurityMode mode, IGrainFactory grains)
{
    private const string Default = "default";
    private const string UserHeader = "Comfy-User";

    /// <summary>The identity of a request.</summary>
    public RequestIdentity Of(HttpContext context) => new(TenantOf(context), Named(context) ?? Default);

    /// <summary>Whether a request may operate the farm and see what is not its own tenant's.</summary>
    public bool IsOperator(HttpContext context) =>
        TenantOf(context) == tenants.Operators && (CallerOf(context)?.Scopes.HasFlag(AccessScopes.Operate) ?? true);

    /// <summary>The identity of a request that operates the farm; refuses any other with a 403.</summary>
    public RequestIdentity Operator(HttpContext context) => IsOperator(context)
        ? Of(context)
        : throw new RequestRefusedException("forbidden", "Only operators of the farm may do this", status: StatusCodes.Status403Forbidden);

    /// <summary>
    /// The identity of a request for a user's own data: his files, settings and assets. Null in multi-user mode where the header names no user that there is: nobody
    /// gets data by leaving it out.
    /// </summary>
    public async ValueTask<RequestIdentity?> KnownAsync(HttpContext context)
    {
        var tenant = TenantOf(context);
        if (CallerOf(context)?.User is { } vouchedFor)
            return new RequestIdentity(tenant, vouchedFor);
        if (!options.Value.MultiUser)
            return new RequestIdentity(tenant, Default);
        return Named(context) is { } user && UserName.IsId(user) && await grains.GetGrain<IUsersGrain>(tenant).ExistsAsync(user)
            ? new RequestIdentity(tenant, user)
            : null;
    }

    private string TenantOf(HttpContext context) => CallerOf(context) is { } caller ? tenants.Of(context, caller) : tenants.Of(context);

    // Where callers must sign in, nobody is somebody else for want of a name.
    private Caller? CallerOf(HttpContext context) => !mode.IsClosed
        ? null
        : Caller.Of(context.User) ?? throw new RequestRefusedException("unauthorized", "Sign in, or send an API key", status: StatusCodes.Status401Unauthorized);

    private string? Named(HttpContext context) =>
        CallerOf(context)?.User is { } user ? user : HeaderName(context);

    private string? HeaderName(HttpContext context) =>
        options.Value.MultiUser && context.Request.Headers[UserHeader] is [{ Length: > 0 } user] ? user : null;
}
