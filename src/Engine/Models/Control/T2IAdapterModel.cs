using Farm.Engine.Models.Layers;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>T2I-Adapter (arXiv 2302.08453): a picture, its pixels folded into channels, becomes a feature map for each of the UNet's four levels.</summary>
internal sealed class T2IAdapterModel : IDisposable
{
    private const int Stages = 4;
    private const int SmallFold = 8;
    private const int LargeFold = 16;

    /// <summary>Input channels of the networks for SDXL, by one and by three channels of the picture.</summary>
    private static readonly HashSet<long> LargeInputs = [LargeFold * LargeFold, 3 * LargeFold * LargeFold];

    private readonly NetworkWeights _weights;
    private readonly Conv2d? _convIn;
    private readonly Layer[][] _stages;
    private readonly bool _isLarge;

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    public T2IAdapterModel(NetworkWeights weights)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        _convIn = root.Has("conv_in") ? root.Conv("conv_in") : null;
        var inputs = _convIn?.Inputs ?? root.Conv("body.0.in_conv").Inputs;
        _isLarge = LargeInputs.Contains(inputs);
        Fold = _isLarge ? LargeFold : SmallFold;
        Channels = inputs / (Fold * Fold);
        _stages = _convIn is null ? [.. root.List("body").Select((stage, i) => (Layer[])[new LightStage(stage, Halves(i))])] : FullStages([.. root.List("body")]);
        if (_stages.Length != Stages) throw new WeightsFormatException($"the T2I adapter has {_stages.Length} stages; it needs {Stages}");
    }

    /// <summary>Pixels along a side that become one cell.</summary>
    public int Fold { get; }

    /// <summary>Channels of the picture.</summary>
    public long Channels { get; }

    /// <summary>What it adds to a UNet's way down, the caller's.</summary>
    /// <param name="picture">[B, C, H, W], 0…1, both sides multiples of <see cref="Fold"/>.</param>
    public ControlResiduals Forward(Tensor picture)
    {
        using var scope = NewDisposeScope();
        var x = nn.functional.pixel_unshuffle(picture, Fold);
        if (_convIn is not null) x = _convIn.Forward(x);
        var features = new Tensor[Stages];
        for (var i = 0; i < Stages; i++)
        {
            foreach (var layer in _stages[i]) x = layer.Forward(x);
            features[i] = x;
        }
        foreach (var feature in features) feature.MoveToOuterDisposeScope();
        return _isLarge
            ? new ControlResiduals([null, features[2], null, null, features[1], null, features[0], null, null, null], [features[3]], [])
            : new ControlResiduals([.. features.Reverse().SelectMany(feature => (Tensor?[])[feature, null, null])], [], []);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private Layer[][] FullStages(WeightScope[] blocks) => [.. blocks.Chunk(blocks.Length / Stages).Select((stage, i) =>
        stage.Select((block, j) => (Layer)new AdapterBlock(block, Halves(i) && j == 0)).ToArray())];

    private bool Halves(int stage) => _isLarge ? stage == 2 : stage > 0;
}

/// <summary>Two convolutions with a skip, at half the size where they begin a stage.</summary>
internal sealed class AdapterBlock(WeightScope weights, bool halves) : Layer
{
    private readonly Conv2d? _down = weights.Has("down_opt.op") ? weights.Conv("down_opt.op", stride: 2) : null;
    private readonly Conv2d? _inConv = weights.Has("in_conv") ? weights.Conv("in_conv") : null;
    private readonly Conv2d _block1 = weights.Conv("block1");
    private readonly Conv2d _block2 = weights.Conv("block2");

    public override Tensor Forward(Tensor x)
    {
        if (halves) x = _down?.Forward(x) ?? Halving.Average(x);
        if (_inConv is not null) x = _inConv.Forward(x);
        return _block2.Take(_block1.Forward(x).relu_()).add_(x);
    }
}

/// <summary>A stage of the light variant: a narrow stretch of blocks between two 1×1 convolutions.</summary>
internal sealed class LightStage(WeightScope weights, bool halves) : Layer
{
    private readonly Conv2d _inConv = weights.Conv("in_conv");
    private readonly AdapterBlock[] _body = [.. weights.List("body").Select(block => new AdapterBlock(block, halves: false))];
    private readonly Conv2d _outConv = weights.Conv("out_conv");

    public override Tensor Forward(Tensor x)
    {
        var h = _inConv.Forward(halves ? Halving.Average(x) : x);
        foreach (var block in _body) h = block.Forward(h);
        return _outConv.Forward(h);
    }
}

/// <summary>Halving by averages.</summary>
internal static class Halving
{
    /// <summary>Means of 2×2 cells; an odd side's last cell is a mean of what is there.</summary>
    public static Tensor Average(Tensor x) => nn.functional.avg_pool2d(x, 2, 2, ceil_mode: true, count_include_pad: true);
}
