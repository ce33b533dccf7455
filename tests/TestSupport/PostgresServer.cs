using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Farm.TestSupport;

/// <summary>
/// A PostgreSQL server of the tests' own. Its programs are looked for on PATH and where Debian puts them; as root it runs under
/// the user postgres, because the server refuses to run as root.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>USER_HZ, the unit of /proc, is 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly string _folder;
    private readonly string _programs;
    private readonly int _port;
    private readonly string _settings;
    private int _databases;

    private PostgresServer(string folder, string programs, int port, string settings)
    {
        _folder = folder;
        _programs = programs;
        _port = port;
        _settings = settings;
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Makes a new cluster of databases and starts its server.</summary>
    /// <param name="settings">What postgresql.conf would say, <c>name=value</c> each, beside the defaults.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("farm-pg-").FullName;
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", folder);
        var server = new PostgresServer(folder, FindPrograms(), FreePort(), string.Concat(settings.Select(setting => $" -c {setting}")));
        await server.ProgramAsync("initdb", "-D", server.Data, "-U", "farm", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Makes an empty database and returns its connection string; connections that a finished test left idle are closed soon, as each database has a pool of its own.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"farm{Interlocked.Increment(ref _databases)}");
        await ProgramAsync("createdb", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "farm", name);
        return $"Host=127.0.0.1;Port={_port};Username=farm;Database={name};Include Error Detail=true;Connection Idle Lifetime=3;Connection Pruning Interval=1";
    }

    /// <summary>Dumps a database that is in use to a file, as an operator would; the file goes with the server.</summary>
    public async Task<string> DumpAsync(string connection)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.dump");
        await ProgramAsync("pg_dump", "--format=custom", "--file", file, "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "farm", NameIn(connection));
        return file;
    }

    /// <summary>Restores a dump, of another server too, into a new database and returns its connection string.</summary>
    public async Task<string> RestoreAsync(string dump)
    {
        var connection = await CreateDatabaseAsync();
        await ProgramAsync(
            "pg_restore", "--exit-on-error", "--no-owner", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "farm", "-d", NameIn(connection), dump);
        return connection;
    }

    /// <summary>Kills every server process at once, as a power cut would.</summary>
    public Task StopAtOnceAsync() => ProgramAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data);

    /// <summary>Processor time of the server's processes until now, of those that have ended too.</summary>
    public TimeSpan ProcessorTime()
    {
        var server = File.ReadLines(Path.Combine(Data, "postmaster.pid")).First();
        var ticks = Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(Times).Where(times => times.Process == server || times.Parent == server).Sum(times => times.Ticks);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Starts a stopped server again on the same port.</summary>
    public Task StartAgainAsync() => ProgramAsync(
        "pg_ctl", "start", "-w", "-t", "60", "-D", Data, "-l", Path.Combine(_folder, "log"),
        "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c max_connections=500{_settings}");

    /// <summary>Stops the server and removes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAtOnceAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A process, its parent, and its ticks of processor time, with those of its children that have ended (proc_pid_stat(5): fields 4 and 14 to 17).</summary>
    private static (string Process, string Parent, long Ticks) Times(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            // The second field, a name in parentheses, may hold spaces.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Path.GetFileName(folder), fields[1], fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // It has just ended.
            return ("", "", 0);
        }
    }

    private static string NameIn(string connection) => (string)new DbConnectionStringBuilder { ConnectionString = connection }["Database"];

    private static string FindPrograms()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).OrderDescending(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian.Concat(path).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            ?? throw new InvalidOperationException("PostgreSQL's initdb was not found in /usr/lib/postgresql or on PATH: install the package postgresql.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task ProgramAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server outlives pg_ctl and would keep a redirected output open: a shell sends it to a file that is read afterwards.
        var output = Path.GetTempFileName();
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/tmp" };
        foreach (var argument in (string[])["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, program, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        await process.WaitForExitAsync();
        var said = await File.ReadAllTextAsync(output);
        File.Delete(output);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }
}
