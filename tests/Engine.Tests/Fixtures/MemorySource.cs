using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Fixtures;

/// <summary>Tensors in memory as a file of weights.</summary>
internal sealed class MemorySource : IWeightSource
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    public string Identity { get; } = Guid.NewGuid().ToString();

    public IReadOnlyList<TensorInfo> Tensors => [.. _tensors.Select(pair => new TensorInfo(pair.Key, pair.Value.dtype, pair.Value.shape))];

    public IReadOnlyDictionary<string, object> Values { get; init; } = new Dictionary<string, object>();

    public StateDict Dict => new(this);

    public Tensor OpenTensor(string name) => _tensors[name].clone();

    /// <summary>Keeps a tensor, which is this object's from here on.</summary>
    public MemorySource Add(string name, Tensor value)
    {
        _tensors[name] = value.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Keeps a small random tensor.</summary>
    public MemorySource Add(string name, Generator random, params long[] shape) => Add(name, randn(shape, generator: random) * 0.1);

    /// <summary>A linear layer's weight and bias.</summary>
    public MemorySource Linear(string name, Generator random, long outputs, long inputs) =>
        Add(name + ".weight", random, outputs, inputs).Add(name + ".bias", random, outputs);

    /// <summary>A norm of ones and zeros.</summary>
    public MemorySource Norm(string name, long width) => Add(name + ".weight", ones(width)).Add(name + ".bias", zeros(width));
}
