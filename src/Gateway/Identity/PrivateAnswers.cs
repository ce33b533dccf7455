using Farm.Gateway.Security;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Identity;

/// <summary>
/// Where one address means other things to other callers, no cache may give one what another was sent: answers that say nothing of it
/// themselves are asked for anew, which costs a 304 where a file is the same.
/// </summary>
internal sealed class PrivateAnswers(RequestDelegate next, SecurityMode mode, IOptions<TenantHeaderOptions> tenants)
{
    private readonly bool _callersDiffer = mode.IsClosed || tenants.Value.TrustHeader;

    /// <summary>Passes on, and marks what comes back.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (_callersDiffer)
            context.Response.OnStarting(Mark, context.Response.Headers);
        return next(context);
    }

    private static Task Mark(object state)
    {
        var headers = (IHeaderDictionary)state;
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "private, no-cache";
        return Task.CompletedTask;
    }
}
