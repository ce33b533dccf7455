using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>The few calls by which torch.save writes tensors, and the tensors of an unpickled object.</summary>
internal static class TorchPickle
{
    private const int MaxDepth = 64;

    private static readonly Dictionary<string, ScalarType> StorageNames = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = ScalarType.Float32, ["HalfStorage"] = ScalarType.Float16, ["BFloat16Storage"] = ScalarType.BFloat16, ["DoubleStorage"] = ScalarType.Float64,
        ["LongStorage"] = ScalarType.Int64, ["IntStorage"] = ScalarType.Int32, ["ShortStorage"] = ScalarType.Int16, ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte, ["BoolStorage"] = ScalarType.Bool,
    };

    /// <summary>What a call stands for; null for one that is not known.</summary>
    public static object? Reduce(PickleGlobal callee, IReadOnlyList<object?> arguments) => callee switch
    {
        { Module: "collections", Name: "OrderedDict" or "defaultdict" } => new OrderedDictionary<object, object?>(),
        { Module: "torch._utils", Name: "_rebuild_tensor_v2" or "_rebuild_tensor" } => Rebuild(arguments),
        { Module: "torch._utils", Name: "_rebuild_parameter" or "_rebuild_parameter_with_state" } => arguments[0],
        _ => null,
    };

    /// <summary>What a persistent id stands for: ('storage', type, key, location, elements).</summary>
    public static object? Storage(object? id)
    {
        if (id is not IReadOnlyList<object?> { Count: >= 5 } parts || parts[0] is not "storage" || parts[2] is not string key)
            throw new WeightsFormatException("the pickle refers to something that is no storage");
        var type = parts[1] is PickleGlobal { Name: var name } && StorageNames.TryGetValue(name, out var known)
            ? known
            : throw new WeightsFormatException($"the pickle has a storage of type {(parts[1] as PickleGlobal)?.Name}, which is not known");
        return new TorchStorage(key, type);
    }

    /// <summary>Every tensor in an object, under the path to it.</summary>
    public static IEnumerable<TorchTensor> Flatten(object? root) => Walk("", root, MaxDepth);

    /// <summary>Texts, numbers and switches of the outermost dictionary.</summary>
    public static IReadOnlyDictionary<string, object> Values(object? root)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (key, value) in root as OrderedDictionary<object, object?> ?? [])
        {
            if (value is string or bool or long or double) values[$"{key}"] = value;
        }
        return values;
    }

    /// <summary>The element type of every storage in an object.</summary>
    public static IEnumerable<(string Key, ScalarType Type)> StorageTypes(object? root) =>
        Flatten(root).Select(tensor => (tensor.Storage, tensor.Info.Type)).Distinct();

    private static TorchTensor Rebuild(IReadOnlyList<object?> arguments)
    {
        var storage = (TorchStorage)arguments[0]!;
        var (offset, shape, strides) = ((long)arguments[1]!, Sizes(arguments[2]), Sizes(arguments[3]));
        if (offset < 0 || shape.Length != strides.Length || shape.Concat(strides).Any(size => size < 0)) throw new WeightsFormatException("a tensor has a negative size, stride or offset");
        return new TorchTensor(new TensorInfo("", storage.Type, shape), storage.Key, offset, strides);
    }

    private static long[] Sizes(object? list) => [.. ((IReadOnlyList<object?>)list!).Select(size => (long)size!)];

    private static IEnumerable<TorchTensor> Walk(string path, object? value, int depth)
    {
        if (depth == 0) throw new WeightsFormatException("the pickle is nested too deeply");
        return value switch
        {
            TorchTensor tensor => [tensor with { Info = tensor.Info with { Name = path } }],
            OrderedDictionary<object, object?> dictionary => dictionary.SelectMany(item => Walk(Join(path, item.Key), item.Value, depth - 1)),
            IReadOnlyList<object?> list => list.SelectMany((item, i) => Walk(Join(path, i), item, depth - 1)),
            _ => [],
        };
    }

    private static string Join(string path, object key) => path.Length == 0 ? $"{key}" : $"{path}.{key}";

    private sealed record TorchStorage(string Key, ScalarType Type);
}
