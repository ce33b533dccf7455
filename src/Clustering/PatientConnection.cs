using Microsoft.Extensions.Logging;

namespace Farm.Clustering;

/// <summary>A gateway that starts before the first Grains process waits for it.</summary>
internal sealed partial class PatientConnection(TimeProvider clock, ILogger<PatientConnection> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        Waiting(logger, exception.Message);
        await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No Grains process can be reached yet ({Reason}); trying again.")]
    private static partial void Waiting(ILogger logger, string reason);
}
