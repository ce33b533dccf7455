using Microsoft.AspNetCore.Authorization;

namespace Farm.Gateway.Security.Scopes;

/// <summary>A caller must have the scope of the route that he asks for.</summary>
internal sealed class ScopeRequirement : IAuthorizationRequirement;

/// <summary>Holds callers against their routes.</summary>
internal sealed class ScopeHandler(SecurityMode mode) : AuthorizationHandler<ScopeRequirement>
{
    /// <inheritdoc />
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (!mode.IsClosed || (context.Resource is HttpContext http && Caller.Of(context.User)?.Scopes.HasFlag(RouteScope.Of(http)) == true))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
