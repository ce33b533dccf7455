using System.Collections.Immutable;
using Farm.Contracts.Catalog;

namespace Farm.Grains.Catalog;

/// <summary>One definition a class over all manifests: the one merged last counts, the place is that of the first.</summary>
internal sealed class CatalogUnion
{
    private readonly List<(NodeDefinition Definition, byte[] Fingerprint)> _entries = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>All definitions in order of first registration.</summary>
    public ImmutableArray<NodeDefinition> Definitions { get; private set; } = [];

    /// <summary>Takes a manifest's definitions in; true when that changed anything.</summary>
    public bool Merge(ImmutableArray<NodeDefinition> definitions)
    {
        var changed = false;
        foreach (var definition in definitions) changed |= Merge(definition);
        if (changed) Definitions = [.. _entries.Select(e => e.Definition)];
        return changed;
    }

    private bool Merge(NodeDefinition definition)
    {
        var entry = (definition, DefinitionCodec.Fingerprint(definition));
        if (!_places.TryGetValue(definition.ClassType, out var place))
        {
            _places.Add(definition.ClassType, _entries.Count);
            _entries.Add(entry);
            return true;
        }
        if (_entries[place].Fingerprint.AsSpan().SequenceEqual(entry.Item2)) return false;
        _entries[place] = entry;
        return true;
    }
}
