using System.Reflection;
using Farm.Contracts.Catalog;

namespace Farm.Nodes;

/// <summary>A node class as a worker holds it: its definition, and how to make objects of it.</summary>
/// <param name="Definition">What clients, gateway and executor see.</param>
/// <param name="Create">Makes an object; called once for each node of a graph.</param>
public sealed record NodeType(NodeDefinition Definition, Func<NodeClass> Create)
{
    /// <summary>The build of the code behind it, so that what one build made is not taken for what another would make.</summary>
    public Guid Version { get; init; }

    /// <summary>A node class made by <paramref name="create"/>, which is called once now for the definition.</summary>
    public static NodeType Of(Func<NodeClass> create)
    {
        var sample = create();
        return new NodeType(sample.BuildDefinition(), create) { Version = sample.GetType().Module.ModuleVersionId };
    }

    /// <summary>The node classes of an assembly, public or internal, in order of their names.</summary>
    /// <exception cref="ReflectionTypeLoadException">A class needs an assembly that is not there.</exception>
    public static IEnumerable<Type> ClassesOf(Assembly assembly) =>
        from type in assembly.GetTypes()
        where !type.IsAbstract && !type.IsGenericTypeDefinition && !type.IsNested && type.IsAssignableTo(typeof(NodeClass))
        orderby type.FullName
        select type;

    /// <summary>
    /// All node classes of an assembly; <paramref name="create"/> makes objects of a class, and may fill constructors from a container.
    /// </summary>
    public static IEnumerable<NodeType> FromAssembly(Assembly assembly, Func<Type, NodeClass> create) =>
        ClassesOf(assembly).Select(type => Of(() => create(type)));
}
