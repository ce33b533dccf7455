using Farm.Storage.Hashing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Farm.Storage.Tests;

/// <summary>A real store over a data root of its own, wired as the farm wires it.</summary>
public sealed class StorageFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _root;
    private readonly bool _ownsRoot;
    private readonly (string Key, string Value)[] _options;

    private StorageFixture(string root, bool ownsRoot, (string Key, string Value)[] options, TimeProvider? clock = null)
    {
        (_root, _ownsRoot, _options) = (root, ownsRoot, options);
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Farm:Data:Root"] = root };
        foreach (var (key, value) in options)
            settings[key] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(Log));
        if (clock is not null)
            services.AddSingleton(clock);
        _services = services.AddFarmStorage(configuration).BuildServiceProvider();
    }

    /// <summary>The files of every tenant.</summary>
    public IFarmFiles Farm => _services.GetRequiredService<IFarmFiles>();

    public IFileStore Files => Own.Store;

    public IRunFiles Runs => Own.Runs;

    public IContentIndex Contents => Own.Contents;

    public IFileCatalog Catalog => Own.Catalog;

    public DataFolders Folders => _services.GetRequiredService<DataFolders>();

    private TenantFiles Own => Farm.Of(TenantName.Default);

    /// <summary>What was logged.</summary>
    public LogLines Log { get; } = new();

    /// <summary>A part of the store that is not for others.</summary>
    public T Part<T>() where T : class => _services.GetRequiredService<T>();

    public static Task<StorageFixture> CreateAsync(params (string Key, string Value)[] options) =>
        StartAsync(new StorageFixture(Directory.CreateTempSubdirectory("farm-storage-").FullName, ownsRoot: true, options));

    /// <summary>A second process's view of the same store; where that is a bucket, with another machine's folders.</summary>
    /// <param name="clock">Its clock.</param>
    public Task<StorageFixture> AnotherAsync(TimeProvider? clock = null)
    {
        var isRemote = _options.Any(option => option.Key == "Farm:Storage:Kind");
        var root = isRemote ? Directory.CreateTempSubdirectory("farm-storage-").FullName : _root;
        return StartAsync(new StorageFixture(root, ownsRoot: isRemote, _options, clock));
    }

    /// <summary>Arguments with which <see cref="OpenAsync"/> opens the store in another process.</summary>
    public IEnumerable<string> Arguments() => [_root, .. _options.SelectMany(option => (string[])[option.Key, option.Value])];

    /// <summary>The store that another process told of.</summary>
    public static Task<StorageFixture> OpenAsync(params ReadOnlySpan<string> arguments)
    {
        var options = new List<(string, string)>();
        for (var i = 1; i < arguments.Length; i += 2)
            options.Add((arguments[i], arguments[i + 1]));
        return StartAsync(new StorageFixture(arguments[0], ownsRoot: false, [.. options]));
    }

    public string PathOf(FileArea area, string path) => Path.Combine(Folders.Of(area), path);

    public void Put(FileArea area, string path, string content = "x")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(area, path))!);
        File.WriteAllText(PathOf(area, path), content);
    }

    /// <summary>Stores a text under a name, whatever keeps it.</summary>
    public async Task<FileEntry> StoreAsync(FileArea area, string path, string content = "x") =>
        (await Files.WriteAsync(FileKey.Create(area, path), Text(content), overwrite: true))!;

    /// <summary>The text under a name.</summary>
    public async Task<string> ReadAsync(FileArea area, string path)
    {
        await using var content = await Files.OpenReadAsync(FileKey.Create(area, path));
        return await new StreamReader(content).ReadToEndAsync();
    }

    /// <summary>The paths of an area's files, in the store's order.</summary>
    public Task<List<string>> PathsAsync(FileArea area, string folder = "", bool recursive = true) =>
        Files.ListAsync(area, folder, recursive).Select(file => file.Key.Path).ToListAsync().AsTask();

    public static Func<Stream, CancellationToken, Task> Text(string text) => async (stream, cancel) =>
    {
        await using var writer = new StreamWriter(stream, leaveOpen: true);
        await writer.WriteAsync(text.AsMemory(), cancel);
    };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsRoot)
            Directory.Delete(_root, recursive: true);
    }

    private static async Task<StorageFixture> StartAsync(StorageFixture fixture)
    {
        try
        {
            foreach (var service in fixture._services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
                await service.StartingAsync(CancellationToken.None);
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }
}
