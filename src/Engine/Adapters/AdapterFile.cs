using Farm.Engine.Memory;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Adapters;

/// <summary>A file of changes to networks' weights (LoRA and its kin): tensors named by a stem, which says what they change, and a suffix, which says how.</summary>
/// <param name="Tensors">The file's tensors.</param>
public sealed record AdapterFile(StateDict Tensors)
{
    /// <summary>Opens a file of any format that weights come in.</summary>
    /// <exception cref="WeightsFormatException">It is damaged or none.</exception>
    public static AdapterFile Open(string path) => new(new StateDict(WeightFile.Open(path)));

    /// <summary>The file's changes to a network; null where it has none.</summary>
    /// <param name="part">The network's weights.</param>
    /// <param name="soleEncoder">Whether the network is the only text encoder of its model.</param>
    /// <param name="strength">Factor on every change.</param>
    public IWeightPatch? Fit(NetworkPartView part, bool soleEncoder, float strength)
    {
        var changes = new Dictionary<string, WeightDelta>(StringComparer.Ordinal);
        foreach (var (stem, target) in AdapterStems.For(part, soleEncoder))
        {
            foreach (var (suffix, delta) in DeltasOf(new AdapterEntry(Tensors, stem)))
            {
                var name = suffix is null ? target : $"{target[..target.LastIndexOf('.')]}{suffix}";
                if (part.Stored.Contains(name)) changes[name] = delta;
            }
        }
        return changes.Count == 0 ? null : new AdapterPatch($"{Tensors.Identity}@{strength:R}", changes, strength);
    }

    /// <summary>The file's tensors that change nothing in these networks, which are of no use to them or of a kind that is not known.</summary>
    public IReadOnlyList<string> Unmatched(IReadOnlyList<NetworkPartView> parts)
    {
        var encoders = parts.Count(part => part.Name != AdapterStems.UNetName);
        var stems = parts.SelectMany(part => AdapterStems.For(part, soleEncoder: encoders == 1)).Select(pair => pair.Stem).ToHashSet(StringComparer.Ordinal);
        return [.. Tensors.Names.Where(name => !Ends(name).Any(end => stems.Contains(name[..end]))).Order(StringComparer.Ordinal)];

        static IEnumerable<int> Ends(string name) => Enumerable.Range(0, name.Length).Where(i => name[i] == '.' || name.AsSpan(i).StartsWith("_lora."));
    }

    /// <summary>What a stem changes, a later kind in place of an earlier one; a suffix other than null names another weight of the layer.</summary>
    private static IEnumerable<(string? Suffix, WeightDelta Delta)> DeltasOf(AdapterEntry entry)
    {
        WeightDelta? found = null;
        foreach (var read in WeightDelta.Kinds) found = read(entry) ?? found;
        if (found is not null) yield return (null, found);
        foreach (var (key, suffix) in ((string, string?)[])[("w_norm", null), ("b_norm", ".bias"), ("diff", null), ("diff_b", ".bias")])
        {
            if (entry.Has(key)) yield return (suffix, new FullDelta(entry, key));
        }
        if (entry.Has("set_weight")) yield return (null, new ReplacedWeight(entry, "set_weight"));
    }
}

/// <summary>The tensors of a file under one stem.</summary>
internal readonly record struct AdapterEntry(StateDict Tensors, string Stem)
{
    public bool Has(string suffix) => Tensors.Contains($"{Stem}.{suffix}");

    /// <summary>Whether all of them are there.</summary>
    public bool HasAll(params ReadOnlySpan<string> suffixes)
    {
        foreach (var suffix in suffixes)
        {
            if (!Has(suffix)) return false;
        }
        return true;
    }

    public IReadOnlyList<long> Shape(string suffix) => Tensors.TryFind($"{Stem}.{suffix}", out var info) ? info.Shape : [];

    /// <summary>In fp32 on a device, in the current scope.</summary>
    public Tensor Open(string suffix, Device device)
    {
        using var stored = Tensors.Open($"{Stem}.{suffix}");
        return stored.to(ScalarType.Float32, device, copy: true);
    }

    /// <summary>A number; null where there is none.</summary>
    public double? Number(string suffix)
    {
        if (!Has(suffix)) return null;
        using var scope = NewDisposeScope();
        return Open(suffix, CPU).flatten()[0].item<float>();
    }
}

/// <summary>The changes of one file to one network.</summary>
internal sealed class AdapterPatch(string identity, IReadOnlyDictionary<string, WeightDelta> changes, float strength) : IWeightPatch
{
    public string Identity => identity;

    public bool Covers(string name) => changes.ContainsKey(name);

    public Tensor Apply(string name, Tensor weight)
    {
        using var scope = NewDisposeScope();
        return changes[name].Apply(weight, strength).MoveToOuterDisposeScope();
    }
}
