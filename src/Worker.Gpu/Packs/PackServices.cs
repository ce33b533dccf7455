using System.Collections.Immutable;
using Farm.Nodes;
using Farm.Storage;
using Farm.Worker.Execution.Graph;
using Microsoft.Extensions.Options;

namespace Farm.Worker.Packs;

/// <summary>Registers the worker's node classes: those built in, and those of packs.</summary>
internal static class PackServices
{
    /// <summary>Adds <see cref="NodeTable"/>, <see cref="LoadedPacks"/> and the checker of inputs; options are those of the section <c>Farm:Worker:Packs</c>.</summary>
    public static IServiceCollection AddNodeClasses(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PackOptions>().Bind(configuration.GetSection(PackOptions.Section)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<PackOptions>, PackOptionsValidator>()
            .AddSingleton<PackLoader>()
            .AddSingleton(LoadBuiltIn)
            .AddSingleton(LoadPacks)
            .AddSingleton(provider => new NodeTable(
                provider.GetRequiredService<BuiltInNodes>().Types.AddRange(provider.GetRequiredService<LoadedPacks>().Types)))
            .AddSingleton<INodeChecker, NodeChecker>();
    }

    private static BuiltInNodes LoadBuiltIn(IServiceProvider provider) => new(
        [.. NodeType.FromAssembly(typeof(PackServices).Assembly, type => (NodeClass)ActivatorUtilities.CreateInstance(provider, type))]);

    private static LoadedPacks LoadPacks(IServiceProvider provider)
    {
        var own = provider.GetRequiredService<IOptions<PackOptions>>().Value.Root;
        var root = string.IsNullOrWhiteSpace(own) ? provider.GetRequiredService<DataFolders>().Of(FileArea.CustomNodes) : own;
        var builtIn = provider.GetRequiredService<BuiltInNodes>().Types.Select(type => type.Definition.ClassType);
        return provider.GetRequiredService<PackLoader>().Load(Path.GetFullPath(root), builtIn);
    }

    private sealed record BuiltInNodes(ImmutableArray<NodeType> Types);
}
