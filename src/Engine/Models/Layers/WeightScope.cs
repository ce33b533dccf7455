using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Layers;

/// <summary>The weights under one prefix of checkpoint keys, from which a network's constructor wires its layers.</summary>
internal readonly record struct WeightScope(NetworkWeights Weights, string Prefix = "")
{
    private const string Weight = ".weight";
    private const string Bias = ".bias";

    /// <summary>The weights one level further down.</summary>
    public WeightScope At(string name) => new(Weights, $"{Prefix}{name}.");

    /// <summary>Whether a layer of this name is stored.</summary>
    public bool Has(string name) => Weights.Contains($"{Prefix}{name}{Weight}");

    /// <summary>Whether the layer of this name has a bias.</summary>
    public bool HasBias(string name) => Weights.Contains($"{Prefix}{name}{Bias}");

    /// <summary>Dimensions of a layer's weight; 0 where it is not stored.</summary>
    public int DimensionsOf(string name) => Weights.TryShape($"{Prefix}{name}{Weight}", out var shape) ? shape.Count : 0;

    /// <summary>A linear layer; a 1×1 convolution, which is the same over tokens, is taken as one.</summary>
    public Linear Linear(string name)
    {
        var isConvolution = Weights.TryShape($"{Prefix}{name}{Weight}", out var shape) && shape.Count == 4 && shape[2] == 1 && shape[3] == 1;
        if (!isConvolution) return new Linear(Get(name + Weight, 2), Find(name + Bias));
        return new Linear(Weights.Flattened($"{Prefix}{name}{Weight}"), Find(name + Bias));
    }

    /// <summary>A convolution; the padding keeps the size by default.</summary>
    public Conv2d Conv(string name, int stride = 1, int? padding = null)
    {
        var weight = Get(name + Weight, 4);
        return new Conv2d(weight, Find(name + Bias), stride, padding ?? (int)weight.shape[2] / 2);
    }

    /// <summary>A convolution of each channel by itself, which keeps the size.</summary>
    public Conv2d Depthwise(string name)
    {
        var weight = Get(name + Weight, 4);
        return new Conv2d(weight, Find(name + Bias), padding: (int)weight.shape[2] / 2, groups: weight.shape[0]);
    }

    /// <summary>A group normalisation.</summary>
    public GroupNorm GroupNorm(string name, double eps) => new(Get(name + Weight, 1), Get(name + Bias, 1), eps);

    /// <summary>A layer normalisation.</summary>
    public LayerNorm LayerNorm(string name, double eps = Layers.LayerNorm.Eps) => new(Get(name + Weight, 1), Get(name + Bias, 1), eps);

    /// <summary>A tensor of its own, such as a learned vector.</summary>
    public Tensor Parameter(string name, int dimensions) => Get(name, dimensions);

    /// <summary>A table of vectors.</summary>
    public Embedding Embedding(string name) => new(Get(name + Weight, 2));

    /// <summary>The scopes <c>name.0</c>, <c>name.1</c>, … while any tensor is stored under them.</summary>
    public IEnumerable<WeightScope> List(string name)
    {
        for (var i = 0; ; i++)
        {
            var item = At($"{name}.{i}");
            if (!Weights.ContainsUnder(item.Prefix)) yield break;
            yield return item;
        }
    }

    private Tensor Get(string name, int dimensions) => Weights.Get(Prefix + name, dimensions);

    private Tensor? Find(string name) => Weights.Contains(Prefix + name) ? Get(name, 1) : null;
}
