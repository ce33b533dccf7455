using static TorchSharp.torch;

namespace Farm.Engine.Models.Layers;

/// <summary>One operation with its weights, which belong to the network's <see cref="Weights.NetworkWeights"/>.</summary>
internal abstract class Layer
{
    /// <summary>The result as a new tensor; the input is left as it is.</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>The result as a new tensor; the input, which nobody else needs, is freed at once, so that a chain of layers never holds more than one link.</summary>
    public Tensor Take(Tensor x)
    {
        using (x) return Forward(x);
    }
}

/// <summary>y = x·Wᵀ + b over the last dimension.</summary>
internal sealed class Linear(Tensor weight, Tensor? bias) : Layer
{
    public long Inputs => weight.shape[1];

    public long Outputs => weight.shape[0];

    public override Tensor Forward(Tensor x)
    {
        if (weight.dtype == x.dtype) return nn.functional.linear(x, weight, bias);
        using var cast = weight.to(x.dtype); // weights kept in less than the compute type
        return nn.functional.linear(x, cast, bias);
    }
}

/// <summary>A square convolution over [B, C, H, W].</summary>
internal sealed class Conv2d(Tensor weight, Tensor? bias, int stride = 1, int padding = 0, long groups = 1) : Layer
{
    public long Inputs => weight.shape[1];

    public long Outputs => weight.shape[0];

    public override Tensor Forward(Tensor x)
    {
        if (weight.dtype == x.dtype) return Convolve(x, weight);
        using var cast = weight.to(x.dtype); // weights kept in less than the compute type
        return Convolve(x, cast);
    }

    private Tensor Convolve(Tensor x, Tensor kernel) => nn.functional.conv2d(x, kernel, bias, strides: [stride, stride], padding: [padding, padding], groups: groups);
}

/// <summary>Group normalisation over 32 groups of channels, as every network of the Stable Diffusion line has it.</summary>
internal sealed class GroupNorm(Tensor weight, Tensor bias, double eps) : Layer
{
    private const int Groups = 32;

    public override Tensor Forward(Tensor x) => nn.functional.group_norm(x, Groups, weight, bias, eps);

    /// <summary>Normalised, then SiLU in place.</summary>
    public Tensor ForwardSilu(Tensor x) => Forward(x).silu_();

    /// <summary>The same, freeing the input.</summary>
    public Tensor TakeSilu(Tensor x) => Take(x).silu_();
}

/// <summary>Normalisation over the last dimension.</summary>
internal sealed class LayerNorm(Tensor weight, Tensor bias, double eps) : Layer
{
    /// <summary>What most networks add to the variance.</summary>
    public const double Eps = 1e-5;

    private readonly long[] _shape = weight.shape;

    public override Tensor Forward(Tensor x) => nn.functional.layer_norm(x, _shape, weight, bias, eps);
}

/// <summary>A table of vectors, looked up by id.</summary>
internal sealed class Embedding(Tensor weight) : Layer
{
    public long Count => weight.shape[0];

    public long Width => weight.shape[1];

    public override Tensor Forward(Tensor ids) => weight.index_select(0, ids.flatten()).reshape([.. ids.shape, Width]);

    /// <summary>The first <paramref name="count"/> vectors, as a view.</summary>
    public Tensor First(long count) => weight.narrow(0, 0, count);
}
