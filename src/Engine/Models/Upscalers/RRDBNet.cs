using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>ESRGAN's generator (arXiv 1809.00219): residual-in-residual dense blocks, then nearest doublings with a convolution each.</summary>
internal sealed class RRDBNet : IUpscaleNetwork
{
    private const double Slope = 0.2;
    private const double Residual = 0.2;

    private readonly NetworkWeights _weights;
    private readonly Conv2d _convFirst;
    private readonly DenseBlock[][] _body;
    private readonly Conv2d _convBody;
    private readonly Conv2d[] _ups;
    private readonly Conv2d _convHr;
    private readonly Conv2d _convLast;

    /// <summary>Wires the network over weights under Real-ESRGAN's names, which it owns from here on.</summary>
    public RRDBNet(NetworkWeights weights)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        _convFirst = root.Conv("conv_first");
        _body = [.. root.List("body").Select(block => (DenseBlock[])[new(block.At("rdb1")), new(block.At("rdb2")), new(block.At("rdb3"))])];
        _convBody = root.Conv("conv_body");
        _ups = [.. Enumerable.Range(1, 8).Select(i => $"conv_up{i}").TakeWhile(root.Has).Select(name => root.Conv(name))];
        _convHr = root.Conv("conv_hr");
        _convLast = root.Conv("conv_last");
    }

    public int Scale => 1 << _ups.Length / (int)Math.Max(1, Unshuffle);

    private long Unshuffle => (long)Math.Sqrt(_convFirst.Inputs / (double)_convLast.Outputs);

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var features = _convFirst.Forward(Unshuffle > 1 ? nn.functional.pixel_unshuffle(x, Unshuffle) : x);
        var h = features.alias();
        foreach (var block in _body)
        {
            var inner = block.Aggregate(h, (value, dense) => dense.Forward(value));
            h = inner.mul_(Residual).add_(h);
        }
        h = features + _convBody.Forward(h);
        foreach (var up in _ups) h = Leaky(up.Forward(nn.functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest)));
        return _convLast.Forward(Leaky(_convHr.Forward(h))).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    internal static Tensor Leaky(Tensor x) => nn.functional.leaky_relu(x, Slope);

    /// <summary>Five convolutions, each over all that came before, with a damped shortcut.</summary>
    private sealed class DenseBlock(WeightScope weights)
    {
        private readonly Conv2d[] _convs = [.. Enumerable.Range(1, 5).Select(i => weights.Conv($"conv{i}"))];

        public Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var all = x;
            for (var i = 0; i < _convs.Length - 1; i++) all = cat([all, Leaky(_convs[i].Forward(all))], 1);
            return _convs[^1].Forward(all).mul_(Residual).add_(x).MoveToOuterDisposeScope();
        }
    }
}
