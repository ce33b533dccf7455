using Farm.Gateway.Security.Scopes;

namespace Farm.Gateway.Security;

/// <summary>
/// Lets nobody past who did not sign in: neither to routes nor to files nor to what is passed on. Only the page to sign in at is open.
/// What is answered to a session is kept from being framed, guessed at or run by others' pages; files of users open in a sandbox.
/// </summary>
internal sealed class SignInGate(RequestDelegate next)
{
    /// <summary>Goes on, or answers.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Protect, context);
        if (Caller.Of(context.User) is not null || context.Request.Path.Value is Refusals.SignInPath or Refusals.ProviderPath)
            return next(context);
        Refusals.Challenge(context);
        return Task.CompletedTask;
    }

    private static Task Protect(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "SAMEORIGIN";
        headers["Referrer-Policy"] = "same-origin";
        if (RouteScope.SendsFiles(context))
            headers.ContentSecurityPolicy = "sandbox";
        return Task.CompletedTask;
    }
}
