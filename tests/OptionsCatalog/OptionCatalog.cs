using System.Collections;
using System.Reflection;

namespace Farm.OptionsCatalog;

/// <summary>An option as the document shows it.</summary>
/// <param name="Name">Its full name, such as <c>Farm:Worker:Labels:0</c>; <c>NAME</c> stands where an operator puts a name of his own.</param>
/// <param name="Default">What counts without it, as Markdown.</param>
/// <param name="Meaning">What it does, as Markdown.</param>
internal sealed record Option(string Name, string Default, string Meaning);

/// <summary>All options of the programs: the properties of every public class that has a constant <c>Section</c>.</summary>
internal sealed class OptionCatalog
{
    private const string Prefix = "Farm";
    private const string Given = "NAME";

    private readonly SortedDictionary<string, IReadOnlyList<Option>> _sections = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>The options of each section, in the order in which they are declared.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Option>> Sections => _sections;

    /// <summary>Options without a doc, without a default, or with a doc that names another default.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Those of the farm's assemblies beside the tool.</summary>
    public static OptionCatalog OfPrograms() => Of(Directory.EnumerateFiles(AppContext.BaseDirectory, "Farm.*.dll")
        .Where(file => !Path.GetFileName(file).StartsWith("Farm.OptionsCatalog", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .SelectMany(file => Assembly.LoadFrom(file).GetExportedTypes()));

    /// <summary>Those of the types that have a section.</summary>
    public static OptionCatalog Of(IEnumerable<Type> types)
    {
        var catalog = new OptionCatalog();
        var sections = from type in types
                       let section = type.GetField("Section")?.GetRawConstantValue() as string
                       where section?.StartsWith(Prefix, StringComparison.Ordinal) == true
                       group type by section;
        foreach (var section in sections)
            catalog._sections[section.Key] = [.. section.SelectMany(type => catalog.Read(type, Activator.CreateInstance(type), section.Key))];
        return catalog;
    }

    private IEnumerable<Option> Read(Type type, object? instance, string prefix)
    {
        var docs = DocComments.Of(type.Assembly);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken))
        {
            var name = $"{prefix}:{property.Name}";
            var value = property.GetValue(instance);
            var (element, suffix) = Element(property.PropertyType);
            if (IsGroup(element))
                foreach (var option in Read(element, suffix.Length == 0 ? value : Activator.CreateInstance(element), name + suffix)) yield return option;
            else if (suffix.Length > 0 || property.SetMethod is { IsPublic: true })
                yield return Describe(name + suffix, element, value, OptionText.Parse(docs.Summary(property)));
        }
    }

    private Option Describe(string name, Type type, object? value, OptionText text)
    {
        if (text.Meaning.Length == 0) _problems.Add($"{name} has no doc.");
        var choices = (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } kind && !Enum.GetNames(kind).All(text.Meaning.Contains)
            ? $". One of {string.Join(", ", Enum.GetNames(kind).Select(choice => $"`{choice}`"))}"
            : "";
        return new Option(name, DefaultText.Write(name, value, text, _problems), text.Meaning + choices);
    }

    /// <summary>What a list or a dictionary holds, and how its members are named; of anything else itself.</summary>
    private static (Type Type, string Suffix) Element(Type type)
    {
        if (type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type)) return (type, "");
        if (type.IsArray) return (type.GetElementType()!, ":0");
        return type.GetGenericArguments() is [_, var member] ? (member, $":{Given}") : (type.GetGenericArguments()[0], ":0");
    }

    private static bool IsGroup(Type type) => type is { IsClass: true, Namespace: not null } && type.Namespace.StartsWith(Prefix, StringComparison.Ordinal);
}
