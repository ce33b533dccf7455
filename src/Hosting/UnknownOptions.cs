using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Farm.Hosting;

/// <summary>Names at start what is configured below <c>Farm</c> and is no option of the process: a misspelt one would have no effect, and nobody would know.</summary>
internal sealed partial class UnknownOptions(IConfiguration configuration, ILogger<UnknownOptions> logger) : IHostedService
{
    private const string Root = "Farm";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var key in Find(configuration, Classes(Assembly.GetEntryAssembly()))) NoOption(logger, key);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The keys that no class has an option for, in their order.</summary>
    /// <param name="configuration">All that is configured.</param>
    /// <param name="classes">Classes of options: those that have a constant <c>Section</c>.</param>
    public static IEnumerable<string> Find(IConfiguration configuration, IEnumerable<Type> classes)
    {
        var sections = classes.Select(type => (Path: $"{SectionOf(type)}:", Type: type)).ToArray();
        return configuration.GetSection(Root).AsEnumerable()
            .Where(entry => entry.Value is not null && !sections.Any(s => entry.Key.StartsWith(s.Path, StringComparison.OrdinalIgnoreCase) && Has(s.Type, entry.Key[s.Path.Length..].Split(':'))))
            .Select(entry => entry.Key)
            .Order(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The classes of options of the farm's assemblies that a program is made of.</summary>
    public static IEnumerable<Type> Classes(Assembly? program)
    {
        var found = new Dictionary<string, Assembly>(StringComparer.Ordinal);
        if (program is not null) Collect(program, found);
        return found.Values.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => SectionOf(type) is not null);
    }

    private static void Collect(Assembly assembly, Dictionary<string, Assembly> found)
    {
        if (!found.TryAdd(assembly.GetName().Name!, assembly)) return;
        foreach (var name in assembly.GetReferencedAssemblies().Where(name => name.Name!.StartsWith($"{Root}.", StringComparison.Ordinal))) Collect(Assembly.Load(name), found);
    }

    private static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } field ? field.GetRawConstantValue() as string : null;

    private static bool Has(Type type, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty) return true;
        if (ElementOf(type) is { } element) return Has(element, path[1..]);
        var name = path[0];
        return type is { IsClass: true, Namespace: { } space } && space.StartsWith(Root, StringComparison.Ordinal)
            && Array.Find(type.GetProperties(), property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found && Has(found.PropertyType, path[1..]);
    }

    /// <summary>What a list or a dictionary holds; null for anything else.</summary>
    private static Type? ElementOf(Type type) => type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type) ? null
        : type.IsArray ? type.GetElementType() : type.GetGenericArguments()[^1];

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Key} is configured and is no option of this process: it has no effect. docs/configuration.md lists all options.")]
    private static partial void NoOption(ILogger logger, string key);
}
