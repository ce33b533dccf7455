namespace Farm.Gateway.Security;

/// <summary>Lets nobody past who did not sign in: neither to routes nor to files nor to what is passed on. Only the page to sign in at is open.</summary>
internal sealed class SignInGate(RequestDelegate next)
{
    /// <summary>Goes on, or answers.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (Caller.Of(context.User) is not null || context.Request.Path.StartsWithSegments(Refusals.SignInPath, StringComparison.Ordinal))
            return next(context);
        Refusals.Challenge(context);
        return Task.CompletedTask;
    }
}
