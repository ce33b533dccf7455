using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>
/// The weights that one network holds: each tensor is brought to the compute type and device once, when the network's constructor asks for it,
/// so nothing is loaded that no layer uses. On the CPU a tensor already stored in the compute type stays an alias of the file.
/// </summary>
public sealed class NetworkWeights : IDisposable
{
    private readonly StateDict _stored;
    private readonly ScalarType? _type;
    private readonly WeightPatches _patches;
    private readonly bool _roundsChanges;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private long _room;

    /// <summary>Takes weights from a file view.</summary>
    /// <param name="stored">Where they are stored.</param>
    /// <param name="type">Compute type; null keeps the stored one and so copies nothing on the CPU.</param>
    /// <param name="device">Where they go.</param>
    /// <param name="patches">Changes made to them on the way; none by default.</param>
    /// <param name="roundsChanges">Whether changed weights are rounded to the stored type before they are brought to the compute type.</param>
    /// <param name="room">Bytes that the network's blocks may keep loaded; those beyond are brought in for each pass. No bound by default.</param>
    public NetworkWeights(StateDict stored, ScalarType? type, Device device, WeightPatches? patches = null, bool roundsChanges = false, long room = long.MaxValue)
    {
        _roundsChanges = roundsChanges;
        _stored = stored;
        _type = type;
        _patches = patches ?? WeightPatches.None;
        Device = device;
        _room = room;
    }

    /// <summary>The type that matrices and kernels are kept in, for networks whose layers bring them to the compute type; null (default) for the compute type itself.</summary>
    public ScalarType? Storage { get; init; }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>Whether a tensor of this name is stored.</summary>
    public bool Contains(string name) => _stored.Contains(name);

    /// <summary>Whether any tensor's name begins so.</summary>
    public bool ContainsUnder(string prefix) => _stored.HasPrefix(prefix);

    /// <summary>Whether there is room for the tensors whose names begin so, which takes it.</summary>
    internal bool Keeps(string prefix)
    {
        if (_type is not { } type || _room == long.MaxValue) return true;
        var bytes = _stored.BytesAt(SafetensorsHeader.SizeOf(Storage ?? type), prefix);
        if (bytes > _room) return false;
        _room -= bytes;
        return true;
    }

    /// <summary>The same weights with nothing loaded, and room for all that is asked of them.</summary>
    internal NetworkWeights Again() => new(_stored, _type, Device, _patches, _roundsChanges) { Storage = Storage };

    /// <summary>The stored shape of a tensor, if there is one of this name.</summary>
    public bool TryShape(string name, [NotNullWhen(true)] out IReadOnlyList<long>? shape)
    {
        shape = _stored.TryFind(name, out var info) ? info.Shape : null;
        return shape is not null;
    }

    /// <summary>The weight of a 1×1 convolution [out, in, 1, 1] as the matrix [out, in], owned by this object.</summary>
    public Tensor Flattened(string name)
    {
        var key = name + "|matrix";
        return _tensors.TryGetValue(key, out var known) ? known : _tensors[key] = Get(name, 4).flatten(1).DetachFromDisposeScope();
    }

    /// <summary>The tensor, owned by this object.</summary>
    /// <exception cref="WeightsFormatException">It is missing or has another number of dimensions.</exception>
    public Tensor Get(string name, int dimensions)
    {
        if (_tensors.TryGetValue(name, out var known)) return known;
        if (_stored.TryFind(name, out var info) && info.Shape.Count != dimensions)
            throw new WeightsFormatException($"the tensor '{info.Name}' has the shape {info.ShapeText}; {dimensions} dimensions are needed");
        var stored = _stored.Open(name).DetachFromDisposeScope();
        var type = dimensions > 1 && Storage is { } storage ? storage : _type ?? stored.dtype;
        if (_patches.Cover(name))
        {
            using (stored) return _tensors[name] = Changed(name, stored, type);
        }
        if (stored.dtype == type && Device.type == TorchSharp.DeviceType.CPU) return _tensors[name] = stored;
        using (stored) return _tensors[name] = stored.to(type, Device).DetachFromDisposeScope();
    }

    private Tensor Changed(string name, Tensor stored, ScalarType type)
    {
        var changed = _patches.Apply(name, stored, Device, _roundsChanges ? stored.dtype : type);
        if (changed.dtype == type) return changed;
        using (changed) return changed.to(type).DetachFromDisposeScope();
    }

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values) tensor.Dispose();
        _tensors.Clear();
    }
}
