using Farm.Contracts;

namespace Farm.Gateway.Calls;

/// <summary>
/// Calls again, where a repetition changes nothing, what a silo took with it when it died; clients then see a pause instead of a 503.
/// </summary>
internal sealed partial class IdempotentCalls(TimeProvider time, ILogger<IdempotentCalls> logger) : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(18);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (Exception failure) when (Unreachable.Is(failure) && IsIdempotent(context) && time.GetElapsedTime(started) < Limit)
            {
                CalledAgain(logger, context.MethodName, failure.Message);
            }
            await Task.Delay(pause, time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static bool IsIdempotent(IOutgoingGrainCallContext context) => Attribute.IsDefined(context.InterfaceMethod, typeof(IdempotentAttribute));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} got no answer and is called again ({Reason})")]
    private static partial void CalledAgain(ILogger logger, string method, string reason);
}
