using System.Globalization;
using System.Net;
using Farm.TestSupport;
using Npgsql;

namespace Farm.Stress;

/// <summary>How many processes of each kind.</summary>
internal sealed record FarmSize(int Gateways, int Silos, int Workers)
{
    /// <summary>Whether the processes reach PostgreSQL by connections that can be cut.</summary>
    public bool CanCutDatabase { get; init; }
}

/// <summary>A kind of process: its members' names, their program, and the last part of the address that its numbers are added to.</summary>
internal sealed record MemberKind(string Name, string Program, int FirstAddress)
{
    public static readonly MemberKind Silo = new("silo", "Farm.Grains", 0);
    public static readonly MemberKind Gateway = new("gateway", "Farm.Gateway", 100);
    public static readonly MemberKind Worker = new("worker", "Farm.Worker.Gpu", 150);
}

/// <summary>
/// A farm of processes with a Redis and a PostgreSQL of its own. Each process has a loopback address of its own, so that no two want
/// one port and one that is started again comes back at the same place.
/// </summary>
internal sealed class StressFarm : IAsyncDisposable
{
    private const int HttpPort = 8188, ManagementPort = 8190;

    private readonly string _folder = Directory.CreateTempSubdirectory("farm-stress-").FullName;
    private readonly Dictionary<MemberKind, int> _made = [];
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

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

    /// <summary>Through which the processes reach the truth, if it is to be cut.</summary>
    public CuttingProxy? DatabaseLine { get; private init; }

    /// <summary>Where the gateways serve.</summary>
    public IReadOnlyList<Uri> Addresses => [.. Gateways.Select(gateway => gateway.Http)];

    /// <summary>The gateways.</summary>
    public List<Member> Gateways { get; } = [];

    /// <summary>The control silos.</summary>
    public List<Member> Silos { get; } = [];

    /// <summary>The workers.</summary>
    public List<Member> Workers { get; } = [];

    /// <summary>All processes.</summary>
    public IEnumerable<Member> All => [.. Gateways, .. Silos, .. Workers];

    /// <summary>Where the files of all areas lie.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>The output folder that all workers write a tenant's results to.</summary>
    public string Output(string tenant) => Path.Combine(tenant == Tenants.Default ? Data : Path.Combine(Data, "tenants", tenant), "output");

    /// <summary>The control silos' logs.</summary>
    public IEnumerable<string> SiloLogs => Directory.EnumerateFiles(_folder, MemberKind.Silo.Name + "-*.log");

    /// <summary>Whether logs and files stay behind.</summary>
    public bool KeepsFiles { get; set; } = true;

    /// <summary>Starts servers and processes and returns when every worker has joined and every gateway knows.</summary>
    /// <param name="size">How many processes.</param>
    /// <param name="options">Their options, beside those that every farm here has.</param>
    /// <param name="settings">The database server's, <c>name=value</c>, beside its defaults.</param>
    public static async Task<StressFarm> StartAsync(FarmSize size, IReadOnlyDictionary<string, string>? options = null, params string[] settings)
    {
        var postgres = await PostgresServer.StartAsync(settings);
        var connection = await postgres.CreateDatabaseAsync() + ";Maximum Pool Size=30";
        var proxy = size.CanCutDatabase ? new CuttingProxy(new NpgsqlConnectionStringBuilder(connection).Port) : null;
        var farm = new StressFarm(await RedisServer.StartAsync(), postgres, NpgsqlDataSource.Create(connection)) { DatabaseLine = proxy };
        Console.WriteLine($"{size.Gateways} gateways, {size.Silos} control silos, {size.Workers} workers; logs in {farm._folder}");
        (string Name, string Value)[] own =
        [
            ("Farm__Cluster__Redis", farm.Redis.Connection),
            ("Farm__Database__Provider", "postgres"),
            ("Farm__Database__ConnectionString", proxy is null ? connection : new NpgsqlConnectionStringBuilder(connection) { Port = proxy.Port }.ConnectionString),
            ("Farm__Data__Root", farm.Data),
            ("Farm__Worker__Packs__Root", Path.Combine(AppContext.BaseDirectory, "node-packs")),
            ("Farm__Torch__Threads", "1"),
            ("OMP_NUM_THREADS", "1"),
            ("Logging__LogLevel__Microsoft.AspNetCore", "Warning"),
            .. (options ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(option => (option.Key, option.Value)),
        ];
        foreach (var (name, value) in own)
            farm._options[name] = value;
        foreach (var (kind, count) in new[] { (MemberKind.Silo, size.Silos), (MemberKind.Gateway, size.Gateways), (MemberKind.Worker, size.Workers) })
            for (var i = 0; i < count; i++)
                farm.Start(kind);
        await farm.WaitUntilReadyAsync();
        return farm;
    }

    /// <summary>Starts one more process.</summary>
    public Member Start(MemberKind kind)
    {
        var number = _made[kind] = _made.GetValueOrDefault(kind) + 1;
        var name = string.Create(CultureInfo.InvariantCulture, $"{kind.Name}-{number}");
        var id = Environment.ProcessId;
        var address = new IPAddress([127, (byte)(1 + (id >> 8) % 254), (byte)id, (byte)(kind.FirstAddress + number)]).ToString();
        var (http, management) = (new UriBuilder("http", address, HttpPort).Uri, new UriBuilder("http", address, ManagementPort).Uri);
        var options = new Dictionary<string, string>(_options, StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = http.ToString(),
            ["Farm__Cluster__AdvertisedAddress"] = address,
            ["Farm__Management__Url"] = management.ToString(),
            ["Farm__Worker__Name"] = name,
        };
        var member = new Member(name, kind.Program, options, _folder) { Http = http, Management = management };
        Of(kind).Add(member);
        member.Start();
        return member;
    }

    /// <summary>The processes of a kind.</summary>
    public List<Member> Of(MemberKind kind) => kind == MemberKind.Gateway ? Gateways : kind == MemberKind.Silo ? Silos : Workers;

    /// <summary>The number that a statement comes to.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>What a statement finds, a value a row.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Waits until no prompt waits or runs and every batch is over; false when the limit is over.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await CountAsync("SELECT (SELECT count(*) FROM prompts WHERE status < 2) + (SELECT count(*) FROM batches WHERE ended_at IS NULL)") > 0)
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
        if (DatabaseLine is { } line)
            await line.DisposeAsync();
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
}
