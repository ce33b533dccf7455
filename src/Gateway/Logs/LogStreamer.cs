using System.Collections.Immutable;
using System.Text.Json;
using Farm.Gateway.WebSockets;

namespace Farm.Gateway.Logs;

/// <summary>Sends new lines to the sockets that asked for them, in batches: a storm of lines is a few messages.</summary>
internal sealed class LogStreamer(LogRing ring, ConnectionRegistry registry, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (_, sent) = ring.Read();
        while (true)
        {
            await ring.WaitAsync(sent).WaitAsync(stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
            var (entries, written) = ring.Read();
            var news = entries[Math.Max(0, entries.Length - (int)Math.Min(written - sent, entries.Length))..];
            sent = written;
            var listeners = registry.All.Where(c => c.WantsLogs).ToList();
            if (listeners.Count == 0)
                continue;
            var message = SocketMessage.Json("logs", writer => Write(writer, news));
            foreach (var listener in listeners)
                listener.Add(message);
        }
    }

    private static void Write(Utf8JsonWriter writer, ImmutableArray<LogEntry> entries)
    {
        writer.WriteStartObject();
        LogWriter.WriteEntries(writer, entries);
        writer.WriteNull("size");
        writer.WriteEndObject();
    }
}
