using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>ControlNet (arXiv 2302.05543): the way down of a UNet with a picture added to its first block, each block read off through a convolution.</summary>
internal sealed class ControlNetModel : IDisposable
{
    private readonly NetworkWeights _weights;
    private readonly TimeEmbedding _time;
    private readonly HintEncoder _hint;
    private readonly UNetBlock[] _inputBlocks;
    private readonly Conv2d[] _zeroConvs;
    private readonly UNetBlock? _middleBlock;
    private readonly Conv2d _middleBlockOut;
    private readonly UnionControl? _union;

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    public ControlNetModel(NetworkWeights weights, long modelChannels, HeadRule heads)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        _time = new TimeEmbedding(root, modelChannels);
        _hint = new HintEncoder(root);
        _inputBlocks = [.. root.List("input_blocks").Select(block => new UNetBlock(block, heads))];
        _zeroConvs = [.. root.List("zero_convs").Select(block => block.Conv("0"))];
        _middleBlock = weights.ContainsUnder("middle_block.") ? new UNetBlock(root.At("middle_block"), heads) : null;
        _middleBlockOut = root.Conv("middle_block_out.0");
        _union = root.Has(UnionControl.Marker) ? new UnionControl(root) : null;
        if (_zeroConvs.Length != _inputBlocks.Length)
            throw new WeightsFormatException($"the control network has {_inputBlocks.Length} input_blocks and {_zeroConvs.Length} zero_convs; they belong together");
    }

    /// <summary>Channels of the picture.</summary>
    public long HintChannels => _hint.Channels;

    /// <summary>What it adds to a UNet's skips and middle, the caller's.</summary>
    /// <param name="x">Scaled latent [B, C, h, w].</param>
    /// <param name="hint">Picture [B, C, 8h, 8w], 0…1.</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="inputs">Text states and vector.</param>
    /// <param name="type">The type of the weights.</param>
    /// <param name="unionType">The kind of picture for a union network; null for none.</param>
    public ControlResiduals Forward(Tensor x, Tensor hint, Tensor timesteps, ModelInputs inputs, ScalarType type, int? unionType)
    {
        using var scope = NewDisposeScope();
        var place = new UNetPlace(UNetStretch.Input, 0, 0, x.shape[2], x.shape[3], inputs);
        var pass = new UNetPass(_time.Forward(timesteps, inputs.Y, type, _union?.TypeEmbedding(x.shape[0], unionType, type)), inputs.Context.to(type), SkipSize: null, place);
        var residuals = new List<Tensor?>();
        var h = x.to(type);
        for (var i = 0; i < _inputBlocks.Length; i++)
        {
            h = _inputBlocks[i].Forward(h, pass with { Place = place with { Block = i } });
            if (i == 0) h = h + Features(hint.to(type), unionType);
            residuals.Add(_zeroConvs[i].Forward(h).MoveToOuterDisposeScope());
        }
        if (_middleBlock is not null) h = _middleBlock.Forward(h, pass with { Place = place with { Stretch = UNetStretch.Middle } });
        return new ControlResiduals([], [_middleBlockOut.Forward(h).MoveToOuterDisposeScope()], residuals);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private Tensor Features(Tensor hint, int? unionType)
    {
        var features = _hint.Forward(hint);
        return _union is null || unionType is not { } type ? features : _union.Mix(features, type);
    }
}

/// <summary>The convolutions that bring a picture to the latent's size, three of them halving it.</summary>
internal sealed class HintEncoder(WeightScope weights) : Layer
{
    private static readonly HashSet<int> Halving = [4, 8, 12];

    private readonly Conv2d[] _convs = [.. Enumerable.Range(0, 8).Select(i => 2 * i).Select(i => weights.Conv($"input_hint_block.{i}", Halving.Contains(i) ? 2 : 1, padding: 1))];

    public long Channels => _convs[0].Inputs;

    public override Tensor Forward(Tensor x)
    {
        var h = _convs[0].Forward(x);
        foreach (var conv in _convs.AsSpan(1)) h = conv.Take(h.silu_());
        return h;
    }
}
