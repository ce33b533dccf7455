using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>A change to a network's weights, made when they are loaded: an adapter, a merge with another model, a factor.</summary>
public interface IWeightPatch
{
    /// <summary>What identifies the change within this process: files, strengths, options. Equal identities give equal weights.</summary>
    string Identity { get; }

    /// <summary>Whether it changes the weight of this name (as the network has it).</summary>
    bool Covers(string name);

    /// <summary>The changed weight as a new tensor in fp32 on the weight's device; the one given stays as it is.</summary>
    Tensor Apply(string name, Tensor weight);
}

/// <summary>The changes to one network's weights, in the order they are made. Immutable.</summary>
public sealed class WeightPatches
{
    private readonly IReadOnlyList<IWeightPatch> _patches;

    private WeightPatches(IReadOnlyList<IWeightPatch> patches) => _patches = patches;

    /// <summary>No change.</summary>
    public static WeightPatches None { get; } = new([]);

    /// <summary>What identifies all of them together; empty for none.</summary>
    public string Identity => string.Join('+', _patches.Select(patch => patch.Identity));

    /// <summary>These and one more after them.</summary>
    public WeightPatches With(IWeightPatch patch) => new([.. _patches, patch]);

    /// <summary>Whether any of them changes the weight of this name.</summary>
    public bool Cover(string name) => _patches.Any(patch => patch.Covers(name));

    /// <summary>The weight with every change made in fp32, rounded to <paramref name="type"/> once at the end; nobody's but the caller's.</summary>
    public Tensor Apply(string name, Tensor stored, Device device, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var weight = stored.to(ScalarType.Float32, device);
        foreach (var patch in _patches.Where(patch => patch.Covers(name))) weight = patch.Apply(name, weight);
        return weight.to(type, copy: true).DetachFromDisposeScope();
    }
}
