using System.Collections;

namespace Farm.Deploy.Tests.Charts;

/// <summary>What names mean at a place in a template: the dot, the root and the variables of ranges around it.</summary>
internal sealed record Scope(object? Dot, object? Root)
{
    private Dictionary<string, object?> Variables { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The scope inside a range.</summary>
    public Scope With(object? dot, IEnumerable<(string Name, object? Value)> variables)
    {
        var inner = new Dictionary<string, object?>(Variables, StringComparer.Ordinal);
        foreach (var (name, value) in variables) inner[name] = value;
        return this with { Dot = dot, Variables = inner };
    }

    /// <summary>
    /// The value of <c>.a.b</c>, <c>$.a.b</c> or <c>$name.a.b</c>. A missing last key is null, as in helm; a key of something that is
    /// missing is an error, as in helm.
    /// </summary>
    public object? Find(string path)
    {
        var keys = path.Split('.');
        var value = keys[0] switch
        {
            "" => Dot,
            "$" => Root,
            var name => Variables.TryGetValue(name, out var variable) ? variable : throw new FormatException($"{name} is not defined"),
        };
        foreach (var key in keys.Skip(1).Where(k => k.Length > 0))
        {
            if (value is not IDictionary map) throw new FormatException($"{path}: there is nothing to look '{key}' up in");
            value = map[key];
        }
        return value;
    }
}
