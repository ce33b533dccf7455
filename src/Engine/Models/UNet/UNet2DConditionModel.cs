using Farm.Engine.Models.Layers;
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
    private readonly UNetBlock _middleBlock;
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
        _middleBlock = new UNetBlock(root.At("middle_block"), config.Heads);
        _outputBlocks = [.. root.List("output_blocks").Select(block => new UNetBlock(block, config.Heads))];
        _out0 = root.GroupNorm("out.0", OutEps);
        _out2 = root.Conv("out.2");
        if (_inputBlocks.Length != _outputBlocks.Length)
            throw new WeightsFormatException($"the UNet has {_inputBlocks.Length} input_blocks and {_outputBlocks.Length} output_blocks; each output joins the skip of one input");
    }

    /// <summary>What the shapes told.</summary>
    public UNetConfig Config { get; }

    /// <summary>One pass.</summary>
    /// <param name="x">Latent [B, InChannels, h, w].</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="context">Text states [B, tokens, ContextWidth].</param>
    /// <param name="vector">[B, VectorWidth] where the network takes one.</param>
    /// <param name="type">The type of the weights.</param>
    /// <returns>fp32 [B, OutChannels, h, w], the caller's.</returns>
    public Tensor Forward(Tensor x, Tensor timesteps, Tensor context, Tensor? vector, ScalarType type)
    {
        CheckShapes(x, context, vector);
        using var scope = NewDisposeScope();
        var pass = new UNetPass(_time.Forward(timesteps, vector, type), context.to(type), SkipSize: null);
        var skips = new Stack<Tensor>();
        var h = x.to(type);
        foreach (var block in _inputBlocks) skips.Push(h = block.Forward(h, pass));
        h = _middleBlock.Forward(h, pass);
        foreach (var block in _outputBlocks)
        {
            using var below = h;
            using var skip = skips.Pop();
            using var joined = cat([below, skip], 1);
            h = block.Forward(joined, pass with { SkipSize = skips.TryPeek(out var next) ? (next.shape[2], next.shape[3]) : null });
        }
        return _out2.Take(_out0.TakeSilu(h)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private void CheckShapes(Tensor x, Tensor context, Tensor? vector)
    {
        if (x.dim() != 4 || x.shape[1] != Config.InChannels)
            throw new ArgumentException($"the model takes latents of {Config.InChannels} channels, [B, {Config.InChannels}, h, w]; this one is [{string.Join(", ", x.shape)}]", nameof(x));
        if (context.dim() != 3 || context.shape[2] != Config.ContextWidth)
            throw new ArgumentException($"the model takes text encodings {Config.ContextWidth} wide; this one is [{string.Join(", ", context.shape)}], of another model family", nameof(context));
        if (Config.VectorWidth is { } width && vector?.shape[^1] != width)
            throw new ArgumentException($"the model takes a vector conditioning {width} wide, which the text encoding lacks", nameof(vector));
    }
}
