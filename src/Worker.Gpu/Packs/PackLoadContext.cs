using System.Reflection;
using System.Runtime.Loader;

namespace Farm.Worker.Packs;

/// <summary>
/// Keeps a pack's libraries apart from those of the worker and of other packs. What both sides exchange objects of comes from the
/// worker, also where a pack ships a copy: the Sdk, the contracts, TorchSharp, and the interfaces of services.
/// </summary>
/// <param name="name">The pack.</param>
/// <param name="assembly">Path of its assembly.</param>
internal sealed class PackLoadContext(string name, string assembly) : AssemblyLoadContext(name)
{
    private static readonly string[] Shared = ["Farm.Nodes.Sdk", "Farm.Contracts", "TorchSharp"];
    private const string SharedPrefix = "Microsoft.Extensions.";

    private readonly AssemblyDependencyResolver _resolver = new(assembly);

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || Shared.Contains(name) || name.StartsWith(SharedPrefix, StringComparison.Ordinal))
            return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc />
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
