using Farm.Engine.Models.Layers;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Vae;

/// <summary>TAESD (madebyollin, MIT): an autoencoder of plain convolutions, small enough for previews, that stands in for the large one.</summary>
internal sealed class AutoencoderTiny : IVaeNetwork
{
    private readonly NetworkWeights _weights;
    private readonly LatentFormat _format;
    private readonly Layer[] _encoder;
    private readonly Layer[] _decoder;

    /// <summary>Wires the network over weights under <c>encoder.</c> and <c>decoder.</c>, which it owns from here on.</summary>
    public AutoencoderTiny(NetworkWeights weights, int layers, LatentFormat format)
    {
        _weights = weights;
        _format = format;
        var root = new WeightScope(weights);
        _encoder = [.. Wire(root.At("encoder"), layers, conv => [conv.Halving()])];
        _decoder = [.. Wire(root.At("decoder"), layers, conv => [new Doubling(), conv.Plain()])];
        if (_encoder.Length < 2 || _decoder.Length < 2) throw new WeightsFormatException("a TAESD needs the numbered layers of an encoder and a decoder");
    }

    public Tensor Encode(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var h = (pixels + 1) / 2;
        foreach (var layer in _encoder) h = layer.Take(h);
        return _format.FromModel(h).MoveToOuterDisposeScope();
    }

    public Tensor Decode(Tensor latent)
    {
        using var scope = NewDisposeScope();
        var h = (_format.ToModel(latent) / 3).tanh() * 3;
        h = _decoder[0].Take(h).relu_();
        foreach (var layer in _decoder.AsSpan(1)) h = layer.Take(h);
        return (h * 2 - 1).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    /// <summary>The numbered layers; a convolution without a bias changes the size.</summary>
    private static IEnumerable<Layer> Wire(WeightScope scope, int layers, Func<NumberedConv, Layer[]> resize)
    {
        for (var i = 0; i < layers; i++)
        {
            var name = $"{i}";
            if (scope.Has(name + ".conv.0")) yield return new TinyBlock(scope.At(name));
            else if (scope.Has(name) && scope.HasBias(name)) yield return scope.Conv(name);
            else if (scope.Has(name))
            {
                foreach (var layer in resize(new NumberedConv(scope, name))) yield return layer;
            }
        }
    }

    private readonly record struct NumberedConv(WeightScope Scope, string Name)
    {
        public Layer Plain() => Scope.Conv(Name);

        public Layer Halving() => Scope.Conv(Name, stride: 2);
    }

    /// <summary>Every cell four times.</summary>
    private sealed class Doubling : Layer
    {
        public override Tensor Forward(Tensor x) => nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
    }

    /// <summary>Three convolutions with a skip.</summary>
    private sealed class TinyBlock(WeightScope weights) : Layer
    {
        private readonly Conv2d _conv0 = weights.Conv("conv.0");
        private readonly Conv2d _conv2 = weights.Conv("conv.2");
        private readonly Conv2d _conv4 = weights.Conv("conv.4");
        private readonly Conv2d? _skip = weights.Has("skip") ? weights.Conv("skip") : null;

        public override Tensor Forward(Tensor x)
        {
            var h = _conv4.Take(_conv2.Take(_conv0.Forward(x).relu_()).relu_());
            if (_skip is null) return h.add_(x).relu_();
            using var skip = _skip.Forward(x);
            return h.add_(skip).relu_();
        }
    }
}
