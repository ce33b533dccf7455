using Microsoft.Extensions.Options;

namespace Farm.Gateway.Health;

/// <summary>
/// How a gateway leaves. From the moment it is told to stop it is not ready; for <c>Farm:Gateway:StopDelay</c> it serves on, until balancers have
/// turned away; then its sockets are sent off, and after that the server takes no connection more and ends what it serves.
/// </summary>
internal sealed class Departure(IOptions<GatewayOptions> options, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _begun = new();

    /// <summary>Cancelled when the sockets are to go.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Comes before any service stops, the server among them.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.StopDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _begun.CancelAsync();
    }

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _begun.Dispose();
}
