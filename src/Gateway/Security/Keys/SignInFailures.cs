using System.Threading.RateLimiting;
using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.Keys;

/// <summary>Wrong keys by the address they came from: guessing is hopeless, but each guess costs a look into the database.</summary>
internal sealed class SignInFailures(IOptions<SecurityOptions> options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
        address, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.Value.FailuresPerMinute, Window = Window }));

    /// <summary>Refuses an address that failed too often, until its minute is over.</summary>
    public void Refuse(string address)
    {
        using var lease = _limiter.AttemptAcquire(address, 0);
        if (!lease.IsAcquired)
            throw new RequestRefusedException("too_many_failures", "Too many wrong keys came from this address", status: StatusCodes.Status429TooManyRequests) { RetryAfter = Window };
    }

    /// <summary>Counts a failure.</summary>
    public void Count(string address) => _limiter.AttemptAcquire(address).Dispose();

    /// <inheritdoc />
    public void Dispose() => _limiter.Dispose();
}
