using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Farm.Stress;

/// <summary>One process of the farm, started again whenever it ends, as a supervisor would.</summary>
internal sealed partial class Member : IAsyncDisposable
{
    private const int Terminate = 15, Continue = 18, Stop = 19, KilledExit = 128 + 9;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _folder;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private Process? _process;
    private Task _supervision = Task.CompletedTask;
    private bool _harmed;

    /// <param name="name">Its name, and that of its log.</param>
    /// <param name="program">The program, beside this one.</param>
    /// <param name="environment">Its options.</param>
    /// <param name="folder">Where it runs and logs.</param>
    public Member(string name, string program, IReadOnlyDictionary<string, string> environment, string folder)
    {
        Name = name;
        _program = Path.Combine(AppContext.BaseDirectory, program);
        _environment = environment;
        _folder = folder;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where it serves clients, if it is a gateway.</summary>
    public required Uri Http { get; init; }

    /// <summary>Where it answers probes.</summary>
    public required Uri Management { get; init; }

    /// <summary>Times it ended though nobody had harmed it: a silo that was voted out, or a crash.</summary>
    public int OwnEnds { get; private set; }

    /// <summary>Times it ended.</summary>
    public int Ends { get; private set; }

    /// <summary>Times it ended by a kill, as its exit status tells.</summary>
    public int KilledEnds { get; private set; }

    /// <summary>How its last life ended; null before the first end.</summary>
    public int? LastExit { get; private set; }

    /// <summary>Bytes of its memory that are resident now; 0 while it does not live.</summary>
    public long ResidentBytes() => Read(process => process.WorkingSet64);

    /// <summary>Processor time of its life until now; none while it does not live.</summary>
    public TimeSpan ProcessorTime() => Read(process => process.TotalProcessorTime);

    private string Log => Path.Combine(_folder, Name + ".log");

    /// <summary>Starts it, and again and again until it is disposed of.</summary>
    public void Start() => _supervision = SuperviseAsync();

    /// <summary>Returns when <c>/readyz</c> says that it is ready.</summary>
    public async Task UntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Management, Timeout = TimeSpan.FromSeconds(10) };
        while (!await IsReadyAsync(http))
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
    }

    /// <summary>Returns the exit status of its next end after so many.</summary>
    public async Task<int> UntilEndedAsync(int ends)
    {
        while (Ends <= ends)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        return LastExit!.Value;
    }

    /// <summary>Kills it wherever it stands.</summary>
    /// <returns>Whether it lived.</returns>
    public bool Kill() => Signal(process => process.Kill(), harms: true);

    /// <summary>Stops its clock.</summary>
    /// <returns>Whether it lived.</returns>
    public bool Freeze() => Signal(process => _ = kill(process.Id, Stop), harms: true);

    /// <summary>Lets its clock go on.</summary>
    public void Thaw() => Signal(process => _ = kill(process.Id, Continue), harms: false);

    /// <summary>Asks it to end, and does not start it again.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> EndAsync()
    {
        await _ending.CancelAsync();
        Signal(process => _ = kill(process.Id, Terminate), harms: true);
        await _supervision;
        return LastExit ?? 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Thaw();
        Kill();
        await _supervision;
        _ending.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private async Task SuperviseAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            using var process = Launch();
            lock (_lock)
                (_process, _harmed) = (process, false);
            await Task.WhenAll(process.WaitForExitAsync(), CopyAsync(process));
            lock (_lock)
                _process = null;
            LastExit = process.ExitCode;
            KilledEnds += LastExit == KilledExit ? 1 : 0;
            Ends++;
            if (_ending.IsCancellationRequested)
                return;
            if (!_harmed)
                OwnEnds++;
            await Task.Delay(Pause, TimeProvider.System, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _folder };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
    }

    private async Task CopyAsync(Process process)
    {
        await using var log = new FileStream(Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));

        async Task CopyAsync(StreamReader from)
        {
            while (await from.ReadLineAsync() is { } line)
            {
                var bytes = System.Text.Encoding.UTF8.GetBytes(line + "\n");
                lock (log)
                {
                    log.Write(bytes);
                    log.Flush();
                }
            }
        }
    }

    private T Read<T>(Func<Process, T> read)
        where T : struct
    {
        lock (_lock)
        {
            if (_process is not { HasExited: false } process)
                return default;
            process.Refresh();
            return read(process);
        }
    }

    private bool Signal(Action<Process> send, bool harms)
    {
        lock (_lock)
        {
            _harmed |= harms;
            if (_process is not { HasExited: false } process)
                return false;
            send(process);
            return true;
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
