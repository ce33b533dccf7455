using Farm.Storage.Hashing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Farm.Storage.Tests;

/// <summary>A real store over a data root of its own, wired as the farm wires it.</summary>
public sealed class StorageFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _root;
    private readonly bool _ownsRoot;

    private StorageFixture(string root, bool ownsRoot, params (string Key, string Value)[] options)
    {
        (_root, _ownsRoot) = (root, ownsRoot);
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Farm:Data:Root"] = root };
        foreach (var (key, value) in options)
            settings[key] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        _services = new ServiceCollection().AddFarmStorage(configuration).BuildServiceProvider();
    }

    public IFileStore Files => _services.GetRequiredService<IFileStore>();

    public IRunFiles Runs => _services.GetRequiredService<IRunFiles>();

    public IContentIndex Contents => _services.GetRequiredService<IContentIndex>();

    public IFileCatalog Catalog => _services.GetRequiredService<IFileCatalog>();

    public DataFolders Folders => _services.GetRequiredService<DataFolders>();

    public static Task<StorageFixture> CreateAsync(params (string Key, string Value)[] options) =>
        StartAsync(new StorageFixture(Directory.CreateTempSubdirectory("farm-storage-").FullName, ownsRoot: true, options));

    /// <summary>A second process's view of the same folders.</summary>
    public Task<StorageFixture> AnotherAsync() => OpenAsync(Folders.Root);

    public static Task<StorageFixture> OpenAsync(string root) => StartAsync(new StorageFixture(root, ownsRoot: false));

    public string PathOf(FileArea area, string path) => Path.Combine(Folders.Of(area), path);

    public void Put(FileArea area, string path, string content = "x")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(area, path))!);
        File.WriteAllText(PathOf(area, path), content);
    }

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
        foreach (var service in fixture._services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StartingAsync(CancellationToken.None);
        return fixture;
    }
}
