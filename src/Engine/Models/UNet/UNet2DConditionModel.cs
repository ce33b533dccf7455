using Farm.Engine.Models.Layers;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>
/// The denoising UNet of Stable Diffusion 1, 2 and XL (arXiv 2112.10752). Its blocks are whatever the checkpoint's keys say,
/// so depth, levels and attention need no configuration. Holds its weights and no other state: several threads may run it at once.
/// </summary>
internal sealed class UNet2DConditionModel : IDisposable
{
    private const double OutEps = 1e-5;

    private readonly NetworkWeights _weights;
    private readonly TimeEmbedding _time;
    private readonly UNetBlock[] _inputBlocks;
    private readonly UNetBlock? _middleBlock;
    private readonly UNetBlock[] _outputBlocks;
    private readonly GroupNorm _out0;
    private readonly Conv2d _out2;

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    public UNet2DConditionModel(UNetConfig config, NetworkWeights weights)
    {
        Config = config;
        _weights = weights;
        var root = new WeightScope(weights);
        _time = new TimeEmbedding(root, config.ModelChannels);
        _inputBlocks = [.. root.List("input_blocks").Select(block => new UNetBlock(block, config.Heads))];
        _middleBlock = weights.ContainsUnder("middle_block.") ? new UNetBlock(root.At("middle_block"), config.Heads) : null;
        _outputBlocks = [.. root.List("output_blocks").Select(block => new UNetBlock(block, config.Heads))];
        _out0 = root.GroupNorm("out.0", OutEps);
        _out2 = root.Conv("out.2");
        if (_inputBlocks.Length != _outputBlocks.Length)
            throw new WeightsFormatException($"the UNet has {_inputBlocks.Length} input_blocks and {_outputBlocks.Length} output_blocks; each output joins the skip of one input");
    }

    /// <summary>What the shapes told.</summary>
    public UNetConfig Config { get; }

    /// <summary>One pass.</summary>
    /// <param name="x">Latent [B, c, h, w]; with the channels that join it, InChannels.</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="inputs">Conditioning, control and changes to the pass.</param>
    /// <param name="type">The type of the weights.</param>
    /// <returns>fp32 [B, OutChannels, h, w], the caller's.</returns>
    public Tensor Forward(Tensor x, Tensor timesteps, ModelInputs inputs, ScalarType type)
    {
        CheckShapes(x, inputs);
        using var scope = NewDisposeScope();
        var place = new UNetPlace(UNetStretch.Input, 0, 0, x.shape[2], x.shape[3], inputs);
        var pass = new UNetPass(_time.Forward(timesteps, inputs.Y, type), inputs.Context.to(type), SkipSize: null, place);
        var latent = inputs.Concat is { } joined ? cat([x, joined.to(x.dtype, x.device)], 1) : x;
        var control = new ControlQueue(inputs.Control, type);
        var skips = new Stack<Tensor>();
        var h = Down(latent.to(type), pass, control, skips);
        if (_middleBlock is not null) h = _middleBlock.Forward(h, pass with { Place = place with { Stretch = UNetStretch.Middle } });
        h = control.AddMiddle(h);
        h = Up(h, pass with { Place = place with { Stretch = UNetStretch.Output } }, control, skips);
        return _out2.Take(_out0.TakeSilu(h)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private Tensor Down(Tensor h, UNetPass pass, ControlQueue control, Stack<Tensor> skips)
    {
        var patches = pass.Place.Inputs.Patches;
        for (var i = 0; i < _inputBlocks.Length; i++)
        {
            var place = pass.Place with { Block = i };
            h = control.AddInput(_inputBlocks[i].Forward(h, pass with { Place = place }));
            foreach (var patch in patches.BeforeSkip) h = patch(place, h);
            skips.Push(h);
            foreach (var patch in patches.AfterSkip) h = patch(place, h);
        }
        return h;
    }

    private Tensor Up(Tensor h, UNetPass pass, ControlQueue control, Stack<Tensor> skips)
    {
        for (var i = 0; i < _outputBlocks.Length; i++)
        {
            var place = pass.Place with { Block = i };
            using var below = h;
            using var skip = skips.Pop();
            var (stream, side) = (below, control.AddOutput(skip));
            foreach (var patch in place.Inputs.Patches.Join) (stream, side) = patch(place, stream, side);
            if (stream.shape[2] != side.shape[2] || stream.shape[3] != side.shape[3])
                throw new InvalidOperationException($"output block {i} joins [{string.Join(", ", stream.shape)}] with [{string.Join(", ", side.shape)}]; a patch changed one side's size");
            using var joined = cat([stream, side], 1);
            h = _outputBlocks[i].Forward(joined, pass with { Place = place, SkipSize = skips.TryPeek(out var next) ? (next.shape[2], next.shape[3]) : null });
        }
        return h;
    }

    private void CheckShapes(Tensor x, ModelInputs inputs)
    {
        var context = inputs.Context;
        var joined = inputs.Concat?.shape[1] ?? 0;
        if (x.dim() != 4 || x.shape[1] + joined != Config.InChannels)
            throw new ArgumentException($"the model takes latents of {Config.InChannels} channels, [B, {Config.InChannels}, h, w]; this one is [{string.Join(", ", x.shape)}] with {joined} channels joined to it", nameof(x));
        if (context.dim() != 3 || context.shape[2] != Config.ContextWidth)
            throw new ArgumentException($"the model takes text encodings {Config.ContextWidth} wide; this one is [{string.Join(", ", context.shape)}], of another model family", nameof(inputs));
        if (Config.VectorWidth is { } width && inputs.Y?.shape[^1] != width)
            throw new ArgumentException($"the model takes a vector conditioning {width} wide, which the text encoding lacks", nameof(inputs));
    }
}
