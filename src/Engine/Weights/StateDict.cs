using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>A view of named tensors in files: names may have a prefix cut off or be renamed, the tensors stay where they are until opened.</summary>
public sealed class StateDict
{
    private readonly Dictionary<string, (IWeightSource Source, TensorInfo Info)> _tensors;

    /// <summary>All tensors of a file under their own names.</summary>
    public StateDict(IWeightSource source)
        : this(source.Identity, "", source.Tensors.ToDictionary(info => info.Name, info => (source, info), StringComparer.Ordinal)) => Values = source.Values;

    private StateDict(string identity, string prefix, Dictionary<string, (IWeightSource Source, TensorInfo Info)> tensors)
    {
        Identity = identity;
        Prefix = prefix;
        _tensors = tensors;
    }

    /// <summary>What identifies these weights within this process: the file and the prefix.</summary>
    public string Identity { get; }

    /// <summary>What was cut off the names.</summary>
    public string Prefix { get; }

    /// <summary>Texts, numbers and switches at the file's root; none in views of a part.</summary>
    public IReadOnlyDictionary<string, object> Values { get; } = new Dictionary<string, object>();

    /// <summary>The names as this view has them.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Whether any name begins so.</summary>
    public bool HasPrefix(string prefix) => _tensors.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Finds what is known of a tensor (its <see cref="TensorInfo.Name"/> is the file's own).</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out TensorInfo? info)
    {
        var found = _tensors.TryGetValue(name, out var tensor);
        info = tensor.Info;
        return found;
    }

    /// <summary>The tensors whose names begin with <paramref name="prefix"/>, without it.</summary>
    public StateDict Under(string prefix) => new($"{Identity}|{prefix}", Prefix + prefix, _tensors
        .Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(item => item.Key[prefix.Length..], item => item.Value, StringComparer.Ordinal));

    /// <summary>The tensors under other names.</summary>
    /// <param name="view">What tells this view of the file from others.</param>
    /// <param name="rename">The name in the new view; null leaves a tensor out.</param>
    public StateDict Renamed(string view, Func<string, string?> rename) => new($"{Identity}|{view}", Prefix, _tensors
        .Select(item => (Name: rename(item.Key), item.Value))
        .Where(item => item.Name is not null)
        .ToDictionary(item => item.Name!, item => item.Value, StringComparer.Ordinal));

    /// <summary>These tensors with others, which count where both have one of a name.</summary>
    public StateDict With(StateDict other)
    {
        var both = new Dictionary<string, (IWeightSource Source, TensorInfo Info)>(_tensors, StringComparer.Ordinal);
        foreach (var (name, tensor) in other._tensors) both[name] = tensor;
        return new StateDict($"{Identity}|with|{other.Identity}", Prefix, both);
    }

    /// <summary>A tensor as stored, which the caller disposes and does not write to.</summary>
    /// <exception cref="WeightsFormatException">There is none of this name.</exception>
    public Tensor Open(string name) => _tensors.TryGetValue(name, out var tensor)
        ? tensor.Source.OpenTensor(tensor.Info.Name)
        : throw new WeightsFormatException($"the tensor '{Prefix}{name}' is missing");

    /// <summary>Bytes of all tensors with <paramref name="elementSize"/> bytes an element.</summary>
    public long BytesAt(int elementSize) => BytesAt(elementSize, prefix: "");

    /// <summary>Bytes of the tensors whose names begin with <paramref name="prefix"/>, with <paramref name="elementSize"/> bytes an element.</summary>
    public long BytesAt(int elementSize, string prefix) =>
        _tensors.Where(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(tensor => tensor.Value.Info.Count * elementSize);

    /// <summary>The element type that most values are stored in; fp32 when there are none.</summary>
    public ScalarType MainType => _tensors.Values
        .GroupBy(tensor => tensor.Info.Type)
        .OrderByDescending(group => group.Sum(tensor => tensor.Info.Count))
        .Select(group => group.Key)
        .FirstOrDefault(ScalarType.Float32);
}
