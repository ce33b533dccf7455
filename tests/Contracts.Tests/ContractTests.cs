using System.Globalization;
using System.Reflection;
using Farm.Contracts.Prompts;
using Xunit;

namespace Farm.Contracts.Tests;

/// <summary>
/// The wire contract: silos of two versions run side by side during a deploy, so a name or number that changes here breaks a farm.
/// What the tests find is compared with contract.txt; an addition is made there too, a change is a decision.
/// </summary>
public sealed class ContractTests
{
    private static readonly Assembly Contracts = typeof(IPromptGrain).Assembly;

    private static IEnumerable<Type> Types => Contracts.GetTypes().Where(type => type.Namespace?.StartsWith("Farm.Contracts", StringComparison.Ordinal) == true);

    private static IEnumerable<Type> Interfaces => Types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(Orleans.Runtime.IAddressable)));

    private static IEnumerable<Type> Enums => Types.Where(type => type.IsEnum);

    private static IEnumerable<Type> Records => Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null);

    [Fact]
    public void Contract_InterfacesAndRecords_AreThoseOfTheGoldenFile()
    {
        var actual = string.Concat(Interfaces.Concat(Records).Select(Describe).Concat(Enums.Select(Values)).Order(StringComparer.Ordinal));
        var written = Path.Combine(AppContext.BaseDirectory, "contract.actual.txt");
        File.WriteAllText(written, actual);
        Assert.True(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "contract.txt")) == actual, $"The contract changed. What it is now: {written}");
    }

    [Fact]
    public void Contract_EveryInterfaceMethodAndRecord_HasAnAlias()
    {
        Assert.All(Interfaces, type => Assert.NotNull(Alias(type)));
        Assert.All(Interfaces.SelectMany(Methods), method => Assert.NotNull(Alias(method)));
        Assert.All(Records, type => Assert.NotNull(Alias(type)));
    }

    [Fact]
    public void Contract_Aliases_AreUnique()
    {
        var aliases = Interfaces.Concat(Records).Select(Alias).ToList();
        Assert.Equal(aliases.Distinct(StringComparer.Ordinal).Count(), aliases.Count);
    }

    // Generated code adds an alias of its own to some; the first is the one that was written.
    private static string? Alias(MemberInfo member) => member.GetCustomAttributes<AliasAttribute>(inherit: false).FirstOrDefault()?.Alias;

    private static IEnumerable<MethodInfo> Methods(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Instance);

    private static string Values(Type type) =>
        $"{type.Name}\n{string.Concat(Enum.GetNames(type).Select(name => $"  {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)} {name}\n"))}";

    private static string Describe(Type type)
    {
        var lines = type.IsInterface ? Methods(type).Select(Method) : Members(type);
        return $"{Alias(type)}\n{string.Concat(lines.Order(StringComparer.Ordinal).Select(line => $"  {line}\n"))}";
    }

    private static string Method(MethodInfo method) =>
        $"{Alias(method)}({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))}) -> {Name(method.ReturnType)}";

    /// <summary>Members by their numbers: those of properties that carry one, and of a record's parameters by their place.</summary>
    private static IEnumerable<string> Members(Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        foreach (var property in properties)
            if (property.GetCustomAttribute<IdAttribute>() is { } id)
                yield return $"{id.Id:D2} {property.Name}: {Name(property.PropertyType)}";
        var parameters = type.GetConstructors().OrderByDescending(constructor => constructor.GetParameters().Length).FirstOrDefault()?.GetParameters() ?? [];
        for (var i = 0; i < parameters.Length; i++)
            if (properties.Any(property => property.Name == parameters[i].Name && property.GetCustomAttribute<IdAttribute>() is null))
                yield return $"{i:D2} {parameters[i].Name}: {Name(parameters[i].ParameterType)}";
    }

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
