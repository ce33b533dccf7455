using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Farm.EndToEnd.Harness;

/// <summary>A farm in a process of its own, on a free port.</summary>
public sealed partial class FarmProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly string Standalone = Path.Combine(AppContext.BaseDirectory, "Farm.Standalone");
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FarmProcess(string program, string workingFolder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"The farm ended before it listened:\n{Log}"));
    }

    /// <summary>What it printed so far.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Where it serves.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Whether the process still runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>Its anonymous resident memory in MiB: heaps and stacks, not files mapped into it.</summary>
    public double AnonymousMemory()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>The names of its threads.</summary>
    public IEnumerable<string> Threads() => Directory.EnumerateDirectories($"/proc/{_process.Id}/task").Select(task => File.ReadAllText(Path.Combine(task, "comm")).TrimEnd());

    /// <summary>Starts a farm on a data root and waits until it listens.</summary>
    public static async Task<FarmProcess> StartAsync(DataRoot root, params string[] arguments)
    {
        var farm = Launch(Standalone, root.WorkingFolder, EnvironmentOf(root), ["--urls", "http://127.0.0.1:0", .. arguments]);
        farm.Address = await farm._address.Task;
        return farm;
    }

    /// <summary>Starts one program of a farm in parts (<c>Farm.Gateway</c>, <c>Farm.Grains</c>, <c>Farm.Worker.Gpu</c>).</summary>
    public static FarmProcess StartPart(DataRoot root, string name, params string[] arguments) => StartPart(root.WorkingFolder, name, EnvironmentOf(root), arguments);

    /// <summary>Starts one program in an environment of its own.</summary>
    public static FarmProcess StartPart(string workingFolder, string name, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);
        // The parts lie here as libraries of the whole.
        return Launch(
            "dotnet", workingFolder, environment,
            ["exec", "--depsfile", Beside("Farm.Standalone.deps.json"), "--runtimeconfig", Beside("Farm.Standalone.runtimeconfig.json"), Beside($"{name}.dll"), .. arguments]);
    }

    /// <summary>Waits until a part that serves listens.</summary>
    public async Task ListeningAsync() => Address = await _address.Task;

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int ExitCode, string Log)> RunAsync(DataRoot root, params string[] arguments)
    {
        await using var farm = Launch(Standalone, root.WorkingFolder, EnvironmentOf(root), arguments);
        return (await farm.ExitAsync(CancellationToken.None), farm.Log);
    }

    /// <summary>Waits until it ends by itself; its exit status.</summary>
    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <summary>Ends it with SIGKILL, wherever it stands.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end with SIGTERM; its exit status.</summary>
    public async Task<int> StopAsync()
    {
        if (IsAlive)
            _ = kill(_process.Id, Terminate);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
            await KillAsync();
        _process.Dispose();
    }

    private static Dictionary<string, string> EnvironmentOf(DataRoot root) => new(StringComparer.Ordinal)
    {
        ["Farm__Data__Root"] = root.Path,
        ["Farm__Data__Models"] = TestModels.Folder,
        ["Farm__Torch__Threads"] = "2",
    };

    private static FarmProcess Launch(string program, string workingFolder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var farm = new FarmProcess(program, workingFolder, environment, arguments);
        farm._process.Start();
        farm._process.BeginOutputReadLine();
        farm._process.BeginErrorReadLine();
        return farm;
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _log.Enqueue(line);
        if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
