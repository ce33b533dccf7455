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
internal sealed class IdentityResolver(IOptions<UserOptions> options)
{
    private const string Default = "default";
    private const string UserHeader = "Comfy-User";

    /// <summary>The identity of a request: the tenant is <c>default</c> until tenants are configured.</summary>
    public RequestIdentity Of(HttpContext context) =>
        options.Value.MultiUser && context.Request.Headers[UserHeader] is [{ Length: > 0 } user]
            ? new RequestIdentity(Default, user)
            : new RequestIdentity(Default, Default);
}
