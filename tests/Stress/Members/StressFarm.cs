using System.Globalization;
using System.Net;
using Farm.TestSupport;
using Npgsql;

namespace Farm.Stress;

/// <summary>How many processes of each kind.</summary>
internal sealed record FarmSize(int Gateways, int Silos, int Workers);

/// <summary>
/// A farm of processes with a Redis and a PostgreSQL of its own. Each process has a loopback address of its own, so that no two want
/// one port and one that is started again comes back at the same place.
/// </summary>
internal sealed class StressFarm : IAsyncDisposable
{
    private const int HttpPort = 8188;

    private readonly string _folder = Directory.CreateTempSubdirectory("farm-stress-").FullName;

    private StressFarm(RedisServer redis, PostgresServer postgres, NpgsqlDataSource database)
    {
        Redis = redis;
        Postgres = postgres;
        Database = database;
    }

    /// <summary>The membership.</summary>
    public RedisServer Redis { get; }

    /// <summary>The truth's server.</summary>
    public PostgresServer Postgres { get; }

    /// <summary>The truth.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>Where the gateways serve.</summary>
    public List<Uri> Addresses { get; } = [];

    /// <summary>The gateways.</summary>
    public List<Member> Gateways { get; } = [];

    /// <summary>The control silos.</summary>
    public List<Member> Silos { get; } = [];

    /// <summary>The workers.</summary>
    public List<Member> Workers { get; } = [];

    /// <summary>All processes.</summary>
    public IEnumerable<Member> All => [.. Gateways, .. Silos, .. Workers];

    /// <summary>The output folder that all workers write to.</summary>
    public string Output => Path.Combine(_folder, "data", "output");

    /// <summary>Whether logs and files stay behind.</summary>
    public bool KeepsFiles { get; set; } = true;

    /// <summary>Starts servers and processes and returns when every worker has joined and every gateway knows.</summary>
    public static async Task<StressFarm> StartAsync(FarmSize size, IReadOnlyDictionary<string, string>? options = null)
    {
        var postgres = await PostgresServer.StartAsync();
        var connection = await postgres.CreateDatabaseAsync() + ";Maximum Pool Size=30";
        var farm = new StressFarm(await RedisServer.StartAsync(), postgres, NpgsqlDataSource.Create(connection));
        Console.WriteLine($"{size.Gateways} gateways, {size.Silos} control silos, {size.Workers} workers; logs in {farm._folder}");
        var shared = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Farm__Cluster__Redis"] = farm.Redis.Connection,
            ["Farm__Database__Provider"] = "postgres",
            ["Farm__Database__ConnectionString"] = connection,
            ["Farm__Data__Root"] = Path.Combine(farm._folder, "data"),
            ["Farm__Worker__Packs__Root"] = Path.Combine(AppContext.BaseDirectory, "node-packs"),
            ["Farm__Torch__Threads"] = "1",
            ["OMP_NUM_THREADS"] = "1",
            ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning",
        };
        foreach (var (name, value) in options ?? new Dictionary<string, string>(StringComparer.Ordinal))
            shared[name] = value;
        farm.Add(farm.Silos, "silo", "Farm.Grains", size.Silos, 1, shared);
        farm.Add(farm.Gateways, "gateway", "Farm.Gateway", size.Gateways, 100, shared);
        farm.Add(farm.Workers, "worker", "Farm.Worker.Gpu", size.Workers, 150, shared);
        foreach (var member in farm.All)
            member.Start();
        await farm.WaitUntilReadyAsync();
        return farm;
    }

    /// <summary>The number that a statement comes to.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until no prompt waits or runs; false when the limit is over.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await CountAsync("SELECT count(*) FROM prompts WHERE status < 2") > 0)
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"drained in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s"));
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(All.Select(member => member.DisposeAsync().AsTask()));
        await Database.DisposeAsync();
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        if (KeepsFiles)
            Console.WriteLine($"logs and files stay in {_folder}");
        else
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Returns when every gateway answers and sees every worker.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        foreach (var address in Addresses)
        {
            while (!await SeesAllAsync(http, address))
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    private async Task<bool> SeesAllAsync(HttpClient http, Uri address)
    {
        try
        {
            var stats = await http.GetStringAsync(new Uri(address, "/system_stats"));
            using var known = System.Text.Json.JsonDocument.Parse(stats);
            return known.RootElement.GetProperty("devices").GetArrayLength() == Workers.Count;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Add(List<Member> members, string kind, string program, int count, int firstAddress, Dictionary<string, string> shared)
    {
        for (var i = 1; i <= count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{kind}-{i}");
            var id = Environment.ProcessId;
            var address = new IPAddress([127, (byte)(1 + (id >> 8) % 254), (byte)id, (byte)(firstAddress + i)]).ToString();
            var own = new Dictionary<string, string>(shared, StringComparer.Ordinal)
            {
                ["Farm__Cluster__AdvertisedAddress"] = address,
                ["Farm__Worker__Name"] = name,
            };
            if (kind == "gateway")
            {
                var http = new UriBuilder("http", address, HttpPort).Uri;
                own["ASPNETCORE_URLS"] = http.ToString();
                Addresses.Add(http);
            }
            members.Add(new Member(name, program, own, _folder));
        }
    }
}
