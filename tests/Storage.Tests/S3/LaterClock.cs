namespace Farm.Storage.Tests.S3;

/// <summary>A clock that is ahead; its timers run as always.</summary>
public sealed class LaterClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
