using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Farm.TestSupport.S3;

/// <summary>
/// An S3 server of the tests' own: npm's s3rver over a temporary folder, with one bucket. It knows no If-None-Match, and shows objects
/// while they are being written. It needs Node.js and npm.
/// </summary>
public sealed partial class S3Server : IAsyncDisposable
{
    /// <summary>The bucket that there is.</summary>
    public const string Bucket = "farm";

    /// <summary>The only access key that it takes, which is its own secret.</summary>
    public const string Key = "S3RVER";

    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("farm-s3-");
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _log = [];

    private S3Server(string programs)
    {
        // The server makes tokens for the next page of a listing with a cipher that OpenSSL 3 has put among the old ones.
        string[] arguments =
        [
            "--openssl-legacy-provider", Path.Combine(programs, "node_modules/s3rver/bin/s3rver.js"),
            "--directory", _folder.FullName, "--address", "127.0.0.1", "--port", "0", "--silent", "--no-vhost-buckets", "--configure-bucket", Bucket,
        ];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("node", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"s3rver ended before it listened:\n{Log}"));
    }

    /// <summary>Where it serves.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The folder of its bucket.</summary>
    public string BucketFolder => Path.Combine(_folder.FullName, Bucket);

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>What it printed.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    /// <summary>Installs the server if it has not been, and starts one.</summary>
    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server(await Installed.Value);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        server.Address = await server._address.Task;
        return server;
    }

    /// <summary>The options of a store in the bucket.</summary>
    /// <param name="prefix">What its keys begin with.</param>
    public IEnumerable<KeyValuePair<string, string>> Options(string prefix) =>
    [
        new("Farm:Storage:Kind", "S3"),
        new("Farm:Storage:S3:Endpoint", Address.ToString()),
        new("Farm:Storage:S3:Bucket", Bucket),
        new("Farm:Storage:S3:Prefix", prefix),
        new("Farm:Storage:S3:ForcePathStyle", "true"),
        new("Farm:Storage:S3:AccessKey", Key),
        new("Farm:Storage:S3:SecretKey", Key),
    ];

    /// <summary>Ends it at once; its folder stays.</summary>
    public async Task StopAsync()
    {
        if (IsAlive)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "S3");
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        return npm.ExitCode == 0 ? folder : throw new InvalidOperationException($"npm ci failed:\n{await errors}\n{await output}");
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Add(line);
        if (Listening().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri($"http://127.0.0.1:{match.Groups["port"].Value}"));
    }

    [GeneratedRegex(@"listening on 127\.0\.0\.1:(?<port>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
