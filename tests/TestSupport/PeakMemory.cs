using System.Globalization;

namespace Farm.TestSupport;

/// <summary>The most anonymous memory (RssAnon of /proc/self/status: what the process wrote itself, mapped files not counted) that this process holds while it is watched.</summary>
public sealed class PeakMemory : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _watcher;
    private long _peak = Current;

    /// <summary>Begins to watch.</summary>
    public PeakMemory()
    {
        _watcher = new Thread(Watch) { IsBackground = true, Name = "peak memory" };
        _watcher.Start();
    }

    /// <summary>Bytes of anonymous memory now.</summary>
    public static long Current
    {
        get
        {
            const string Field = "RssAnon:";
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(Field.Length, line.Length - Field.Length - "kB".Length).Trim(), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The most bytes seen.</summary>
    public long Bytes => Math.Max(Interlocked.Read(ref _peak), Current);

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _stop.Set();
        _watcher.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        do
        {
            var now = Current;
            if (now > _peak) Interlocked.Exchange(ref _peak, now);
        }
        while (!_stop.Wait(Interval));
    }
}
