using System.Threading.RateLimiting;
using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.Limits;

/// <summary>Keeps one caller, one tenant or one address from taking the gateway for itself: 429 with the time to wait.</summary>
internal sealed class RequestLimits : IMiddleware, IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter;

    public RequestLimits(IOptions<RateLimitOptions> options)
    {
        var limits = options.Value;
        _limiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => Caller.Of(context.User) is { } caller
                ? Bucket(caller.Actor, limits.PerCaller, limits.Burst)
                : Bucket(RemoteAddress.Of(context), limits.PerAddress, limits.Burst)),
            PartitionedRateLimiter.Create<HttpContext, string>(context => Caller.Of(context.User) is { } caller
                ? Bucket(caller.Tenant, limits.PerTenant, limits.Burst)
                : RateLimitPartition.GetNoLimiter("")));
    }

    /// <inheritdoc />
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        using (var lease = _limiter.AttemptAcquire(context))
        {
            if (!lease.IsAcquired)
                throw TooMany(lease);
        }
        await next(context);
    }

    /// <inheritdoc />
    public void Dispose() => _limiter.Dispose();

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int burst) => perSecond == 0
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond * burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });

    private static RequestRefusedException TooMany(RateLimitLease lease) =>
        new("rate_limited", "Too many requests", "Farm:Security:RateLimits", StatusCodes.Status429TooManyRequests)
        {
            RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1),
        };
}
