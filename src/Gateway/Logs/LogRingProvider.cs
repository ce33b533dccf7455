namespace Farm.Gateway.Logs;

/// <summary>
/// Brings what this process logs into the ring: messages as they are formatted, and of a failure its kind and message. The farm logs ids,
/// never what users wrote, so neither do these lines; of others' categories, which may name whole addresses, only warnings are kept.
/// </summary>
[ProviderAlias("Ring")]
internal sealed class LogRingProvider(LogRing ring) : ILoggerProvider
{
    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new RingLogger(
        ring, categoryName.StartsWith("Farm.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning);

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private sealed class RingLogger(LogRing ring, LogLevel lowest) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest && logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = formatter(state, exception);
            ring.Add(exception is null ? text : $"{text} ({exception.GetType().Name}: {exception.Message})");
        }
    }
}
