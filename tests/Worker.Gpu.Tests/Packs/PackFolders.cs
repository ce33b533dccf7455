using Farm.Worker.Packs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Farm.Worker.Gpu.Tests.Packs;

/// <summary>A folder of packs in a temporary place, and a loader for it.</summary>
internal sealed class PackFolders : IDisposable
{
    /// <summary>The pack in which everything is wrong. Loaded once: the endless loop in it ends with the loading.</summary>
    public static readonly Lazy<LoadedPacks> Broken = new(() =>
    {
        using var folders = new PackFolders { Options = { DefineTimeout = TimeSpan.FromSeconds(0.5) } };
        folders.Add("broken", "broken");
        try
        {
            return folders.Load(builtIn: "BuiltInName");
        }
        finally
        {
            AppContext.SetSwitch("Farm.BrokenPack.End", true);
        }
    });

    /// <summary>The pack of examples/TestNodes.</summary>
    public static readonly Lazy<LoadedPacks> TestNodes = new(() =>
    {
        using var folders = new PackFolders();
        folders.Add("testing-pack", "testing-pack");
        return folders.Load();
    });

    /// <summary>The folder's path.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("farm-packs-").FullName;

    /// <summary>The loader's options.</summary>
    public PackOptions Options { get; } = new();

    /// <summary>Puts a pack that was built with the tests under a name.</summary>
    public string Add(string built, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "node-packs", built)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    /// <summary>Loads what is there.</summary>
    public LoadedPacks Load(TimeProvider? time = null, params string[] builtIn)
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
        return new PackLoader(services, Microsoft.Extensions.Options.Options.Create(Options), time ?? TimeProvider.System, NullLogger<PackLoader>.Instance)
            .Load(Root, builtIn);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
