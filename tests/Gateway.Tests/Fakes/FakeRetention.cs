using Farm.Contracts.Retention;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>Retention with one finding; a run never ends.</summary>
internal sealed class FakeRetention : IRetentionGrain
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    private RetentionRun? _run;

    public Task<RetentionStatus> StatusAsync() => Task.FromResult(new RetentionStatus
    {
        Rules = [new RetentionRuleInfo("temp", null, TimeSpan.FromDays(1), null), new RetentionRuleInfo("history", "acme", null, 7)],
        DryRun = false,
        IsRunning = _run is not null,
        NextRunAt = At.AddHours(1),
        LastRun = _run,
        Next = new RetentionRun(At, At.AddSeconds(1), DryRun: true, [new RetentionFound { Kind = "temp", Count = 2, Bytes = 30, Held = 1, Oldest = At, Newest = At, Samples = ["a.png"] }], null),
    });

    public Task<bool> RunAsync()
    {
        var isFirst = _run is null;
        _run ??= new RetentionRun(At, null, DryRun: false, [], null);
        return Task.FromResult(isFirst);
    }

    public Task WakeAsync() => throw new NotSupportedException();
}
