using Microsoft.Extensions.Options;

namespace Farm.Grains.Webhooks;

/// <summary>
/// Sends messages that are due, on every silo: each is taken in the store before it is sent, so that one silo sends it; one whose silo dies is due again
/// after its time limit. A receiver may get a message twice, and knows it by its id.
/// </summary>
internal sealed partial class WebhookDispatcher(
    IWebhookStore store, WebhookSender sender, TimeProvider clock, IOptions<WebhookOptions> options, ILogger<WebhookDispatcher> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(WebhookDispatcher),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _loop = Task.Run(RunAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    /// <summary>The pause after so many tries: it doubles, up to the longest.</summary>
    internal static TimeSpan DelayAfter(int tries, WebhookOptions options)
    {
        var doubled = options.FirstDelay.TotalSeconds * Math.Pow(2, Math.Min(tries - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(doubled, options.LongestDelay.TotalSeconds));
    }

    /// <summary>Sends what is due until nothing is.</summary>
    internal async Task SendDueAsync()
    {
        while (await store.DueAsync(clock.GetUtcNow(), options.Value.Parallelism) is { Count: > 0 } due)
            await Task.WhenAll(due.Select(SendAsync));
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.Value.ScanInterval, clock);
        do
        {
            try
            {
                await SendDueAsync();
            }
            catch (Exception error) when (!_stop.IsCancellationRequested)
            {
                // Whatever it was: the store may be away, and the next look is soon.
                ScanFailed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private async Task SendAsync(WebhookMessage message)
    {
        // Twice the limit: what is sent and not yet noted must not be sent elsewhere.
        if (!await store.TakeAsync(message, clock.GetUtcNow() + (2 * options.Value.TimeLimit))) return;
        var taken = message with { Tries = message.Tries + 1 };
        var error = await sender.SendAsync(taken, _stop.Token);
        var now = clock.GetUtcNow();
        DateTimeOffset? again = error is not null && taken.Tries < options.Value.MaxTries ? now + DelayAfter(taken.Tries, options.Value) : null;
        await store.EndTryAsync(taken, now, error, again);
        if (error is not null) Failed(logger, message.Id, taken.Tries, error, again is null ? "given up" : "tried again");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages that are due could not be looked for; it is tried again.")]
    private static partial void ScanFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Id}, try {Try}: {Error}; it is {What}.")]
    private static partial void Failed(ILogger logger, Guid id, int @try, string error, string what);
}
