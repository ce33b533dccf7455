using System.Globalization;
using System.Net;
using Farm.EndToEnd.Harness;
using Farm.TestSupport;
using Farm.TestSupport.S3;

namespace Farm.EndToEnd.Deployment;

/// <summary>
/// The farm of <c>deploy/compose.yaml</c> without containers: its services' programs with the images' and the file's commands, environments, health
/// checks and order, beside a PostgreSQL, a Redis and an S3 server of the test's own. What is put in the place of something else is in <see cref="Here"/>.
/// </summary>
internal sealed class ComposeFarm : IAsyncDisposable
{
    private const int GatewayPort = 8188;
    private const string Healthy = "service_healthy", Completed = "service_completed_successfully";
    private static readonly string Deploy = Path.Combine(AppContext.BaseDirectory, "deploy");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("farm-compose-");
    private readonly List<(ComposeService Service, FarmProcess Process)> _running = [];
    private readonly PostgresServer _postgres;
    private readonly RedisServer _redis;
    private readonly S3Server _s3;
    private readonly string _database;

    private ComposeFarm(PostgresServer postgres, RedisServer redis, S3Server s3, string database) =>
        (_postgres, _redis, _s3, _database) = (postgres, redis, s3, database);

    /// <summary>The operators' key.</summary>
    public string Key { get; } = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");

    /// <summary>Where the gateway serves.</summary>
    public Uri Address => new UriBuilder("http", AddressOf("gateway"), GatewayPort).Uri;

    /// <summary>What the processes printed.</summary>
    public string Log => string.Join('\n', _running.Select(r => $"== {r.Service.Name}\n{r.Process.Log}"));

    /// <summary>A farm of which the servers are up, and nothing else yet.</summary>
    public static async Task<ComposeFarm> PrepareAsync()
    {
        var postgres = await PostgresServer.StartAsync();
        return new ComposeFarm(postgres, await RedisServer.StartAsync(), await S3Server.StartAsync(), await postgres.CreateDatabaseAsync());
    }

    /// <summary>Starts every service when what it waits for is as it says, and returns when all are well.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["POSTGRES_PASSWORD"] = "not asked for", ["OBJECTS_PASSWORD"] = S3Server.Key, ["BOOTSTRAP_KEY"] = Key,
        };
        var services = ComposeFile.Read(Path.Combine(Deploy, "compose.yaml"), variables);
        var waiting = services.ToList();
        while (waiting.Count > 0)
        {
            // What is not among them is this test's own, and up.
            var next = waiting.First(service => !waiting.Exists(other => service.After.ContainsKey(other.Name)));
            waiting.Remove(next);
            foreach (var (name, condition) in next.After)
                await UntilAsync(name, condition, cancel);
            Start(next);
        }
        foreach (var service in services.Where(service => !services.Any(other => other.After.ContainsKey(service.Name))))
            await UntilAsync(service.Name, Healthy, cancel);
        // It lives, and is asked whether it does, a moment before it takes requests.
        await _running.Find(r => r.Service.Name == "gateway").Process.ListeningAsync();
    }

    /// <summary>Tells the services to stop, those first that wait for others at the start.</summary>
    /// <returns>The exit status of each.</returns>
    public async Task<IReadOnlyDictionary<string, int>> StopAsync()
    {
        var ends = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (service, process) in Enumerable.Reverse(_running))
            ends[service.Name] = await process.StopAsync();
        return ends;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _running)
            await process.DisposeAsync();
        await _s3.DisposeAsync();
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Containers have names and network stacks of their own, volumes and passwords; the processes here have loopback addresses and folders.</summary>
    private string Here(string service, string value) => value
        .Replace("0.0.0.0", AddressOf(service), StringComparison.Ordinal)
        .Replace("Host=postgresql;Username=farm;Database=farm;", _database + ";", StringComparison.Ordinal)
        .Replace("redis:6379", _redis.Connection, StringComparison.Ordinal)
        .Replace("http://objects:9000", _s3.Address.ToString(), StringComparison.Ordinal);

    private Dictionary<string, string> EnvironmentOf(ComposeService service, ImageStart image)
    {
        var environment = new Dictionary<string, string>(image.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in service.Environment)
            environment[name] = value;
        foreach (var (name, value) in environment)
            environment[name] = Here(service.Name, value);
        environment["Farm__Cluster__AdvertisedAddress"] = AddressOf(service.Name);
        environment["Farm__Storage__S3__AccessKey"] = S3Server.Key;
        environment["Farm__Data__Root"] = FolderOf(service.Name);
        environment["Farm__Data__Models"] = TestModels.Folder;
        return environment;
    }

    private void Start(ComposeService service)
    {
        var image = ImageOf(service);
        Directory.CreateDirectory(FolderOf(service.Name));
        var arguments = (service.Command ?? image.Command).Select(argument => Here(service.Name, argument));
        _running.Add((service, FarmProcess.StartPart(FolderOf(service.Name), Path.GetFileName(image.Program), EnvironmentOf(service, image), arguments)));
    }

    private async Task UntilAsync(string name, string condition, CancellationToken cancel)
    {
        if (_running.Find(r => r.Service.Name == name) is not { Service: { } service, Process: { } process })
            return;
        switch (condition)
        {
            case Completed:
                var status = await process.ExitAsync(cancel);
                if (status != 0)
                    throw new InvalidOperationException($"{name} ended with {status}:\n{process.Log}");
                break;
            case Healthy:
                while (await HealthAsync(service, cancel) != 0)
                {
                    if (!process.IsAlive)
                        throw new InvalidOperationException($"{name} ended before it was well:\n{process.Log}");
                }
                break;
            default:
                throw new InvalidDataException($"{name}: {condition} is no condition that is known here.");
        }
    }

    private async Task<int> HealthAsync(ComposeService service, CancellationToken cancel)
    {
        var image = ImageOf(service);
        await using var probe = FarmProcess.StartPart(FolderOf(service.Name), Path.GetFileName(image.Health[0]), EnvironmentOf(service, image), image.Health.Skip(1));
        return await probe.ExitAsync(cancel);
    }

    private static ImageStart ImageOf(ComposeService service) => ImageStart.Of(Path.Combine(Deploy, "docker", "Dockerfile"), service.Target);

    private string FolderOf(string service) => Path.Combine(_folder.FullName, service);

    /// <summary>A loopback address of the service's own, by this process's id and its name.</summary>
    private static string AddressOf(string service)
    {
        string[] known = ["migrate", "grains", "gateway", "worker"];
        var id = Environment.ProcessId;
        var last = 200 + Array.IndexOf(known, service);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress([127, (byte)(1 + (id >> 8) % 254), (byte)id, (byte)last])}");
    }
}
