using System.Collections.Immutable;
using System.Reflection;
using Farm.Nodes;
using Microsoft.Extensions.Options;

namespace Farm.Worker.Packs;

/// <summary>
/// Loads node packs: folders under a root, each with an assembly in a load context of its own. What is broken is reported and left out;
/// a class that is broken leaves the rest of its pack in place.
/// </summary>
/// <param name="services">Fills the constructors of node classes.</param>
/// <param name="options">Where the packs are, and limits.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where errors go too.</param>
internal sealed class PackLoader(IServiceProvider services, IOptions<PackOptions> options, TimeProvider time, ILogger<PackLoader> logger)
{
    private readonly PackOptions _options = options.Value;

    /// <summary>Loads all packs under <paramref name="root"/>.</summary>
    /// <param name="root">The folder of packs; none when it is missing.</param>
    /// <param name="builtIn">Class names that are taken.</param>
    public LoadedPacks Load(string root, IEnumerable<string> builtIn)
    {
        var taken = builtIn.ToDictionary(name => name, _ => "the worker", StringComparer.Ordinal);
        var types = ImmutableArray.CreateBuilder<NodeType>();
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (var folder in Folders(root, errors))
            LoadPack(folder, taken, types, errors);
        return new LoadedPacks(types.ToImmutable(), errors.ToImmutable());
    }

    private IEnumerable<string> Folders(string root, ImmutableArray<string>.Builder errors)
    {
        if (!Directory.Exists(root))
            return [];
        string[] folders = [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)];
        foreach (var folder in folders.Skip(_options.MaxPacks))
            Report(errors, Path.GetFileName(folder), $"not loaded: {PackOptions.Section}:{nameof(PackOptions.MaxPacks)} is {_options.MaxPacks}");
        return folders.Take(_options.MaxPacks);
    }

    private void LoadPack(
        string folder, Dictionary<string, string> taken, ImmutableArray<NodeType>.Builder types, ImmutableArray<string>.Builder errors)
    {
        var pack = Path.GetFileName(folder);
        try
        {
            var classes = NodeType.ClassesOf(LoadAssembly(pack, PackFolder.FindAssembly(folder))).ToList();
            if (classes.Count > _options.MaxClassesPerPack)
                throw new PackException($"it has {classes.Count} node classes; at most {_options.MaxClassesPerPack} are loaded");
            var before = types.Count;
            foreach (var type in classes)
                LoadClass(pack, type, taken, types, errors);
            logger.PackLoaded(pack, types.Count - before);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Report(errors, pack, PackException.Describe(failure), failure);
        }
    }

    private static Assembly LoadAssembly(string pack, string path) => new PackLoadContext(pack, path).LoadFromAssemblyPath(path);

    private void LoadClass(
        string pack, Type type, Dictionary<string, string> taken, ImmutableArray<NodeType>.Builder types, ImmutableArray<string>.Builder errors)
    {
        try
        {
            var node = Define(type);
            var name = node.Definition.ClassType;
            DefinitionCheck.Check(node.Definition, _options.MaxDefinitionLength);
            if (!taken.TryAdd(name, $"pack {pack}"))
                throw new PackException($"the class name {name} is taken by {taken[name]}");
            types.Add(node with { Definition = node.Definition with { PythonModule = $"custom_nodes.{pack}" } });
        }
        catch (Exception failure)
        {
            Report(errors, pack, $"class {type.FullName}: {PackException.Describe(failure)}", failure);
        }
    }

    private NodeType Define(Type type)
    {
        try
        {
            return PackCall.WithLimit(
                _ => ValueTask.FromResult(NodeType.Of(() => (NodeClass)ActivatorUtilities.CreateInstance(services, type))),
                _options.DefineTimeout, time, out _).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            throw new PackException($"its constructor and definition took longer than {_options.DefineTimeout.TotalSeconds:0.###} seconds");
        }
    }

    private void Report(ImmutableArray<string>.Builder errors, string pack, string reason, Exception? failure = null)
    {
        errors.Add($"{pack}: {reason}");
        logger.PackBroken(failure, pack, reason);
    }
}

/// <summary>Log messages of this folder.</summary>
internal static partial class PackLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Node pack {Pack}: {Count} node classes")]
    public static partial void PackLoaded(this ILogger logger, string pack, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Node pack {Pack} is broken: {Reason}")]
    public static partial void PackBroken(this ILogger logger, Exception? failure, string pack, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The validator of node class {ClassType} did not end within {Limit}; the class is refused until it does")]
    public static partial void ValidatorStuck(this ILogger logger, string classType, TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The validator of node class {ClassType} failed")]
    public static partial void ValidatorFailed(this ILogger logger, Exception failure, string classType);
}
