using System.Collections.Concurrent;

namespace Farm.Grains;

/// <summary>Names from outside that metrics may carry as labels: the first so many, all later ones together as <c>other</c>.</summary>
internal sealed class LabelSet(int max)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>The label of a name.</summary>
    public string Of(string name) => _known.ContainsKey(name) || (_known.Count < max && _known.TryAdd(name, true)) ? name : "other";
}
