using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>The deep part of HAT (arXiv 2205.04437): Swin blocks with channel attention beside them, and one block a group whose windows look over their borders.</summary>
internal sealed class Hat : IUpscalerBody
{
    private const string FirstTable = "layers.0.residual_group.blocks.0.attn.relative_position_bias_table";

    private readonly LayerNorm? _patchNorm;
    private readonly HybridGroup[] _layers;
    private readonly LayerNorm _norm;

    private Hat(WeightScope root, long window)
    {
        Multiple = window;
        _patchNorm = root.Has("patch_embed.norm") ? root.LayerNorm("patch_embed.norm") : null;
        _layers = [.. root.List("layers").Select(layer => new HybridGroup(layer, window))];
        _norm = root.LayerNorm("norm");
    }

    public long Multiple { get; }

    /// <summary>Whether a file holds one.</summary>
    public static bool Matches(StateDict file) =>
        file.Contains("conv_first.weight") && file.Contains("layers.0.residual_group.blocks.0.conv_block.cab.0.weight") && file.Contains("layers.0.residual_group.overlap_attn.relative_position_bias_table");

    /// <summary>The network over weights, which it owns from here on.</summary>
    public static IUpscaleNetwork Wire(NetworkWeights weights)
    {
        var window = SwinIR.WindowOf(weights, FirstTable);
        return new TransformerUpscaler(weights, root => new Hat(root, window));
    }

    public Tensor Forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var h = _patchNorm?.Forward(map) ?? map;
        foreach (var layer in _layers) h = layer.Forward(h);
        return _norm.Forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Blocks, the overlapping one and a convolution, added to what came in.</summary>
    private sealed class HybridGroup(WeightScope weights, long window)
    {
        private readonly HybridBlock[] _blocks = [.. weights.List("residual_group.blocks").Select((block, i) => new HybridBlock(block, window, i % 2 == 0 ? 0 : window / 2))];
        private readonly OverlappingBlock _overlapAttn = new(weights.At("residual_group.overlap_attn"), window);
        private readonly ResidualConv _conv = new(weights, "conv");

        public Tensor Forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            var h = map.clone();
            foreach (var block in _blocks) block.AddTo(h);
            _overlapAttn.AddTo(h);
            return _conv.Take(h.permute(0, 3, 1, 2).contiguous()).permute(0, 2, 3, 1).add(map).MoveToOuterDisposeScope();
        }
    }

    private sealed class HybridBlock(WeightScope weights, long window, long shift)
    {
        /// <summary>Weight of the convolutions beside the attention; the paper's α.</summary>
        private const double ConvScale = 0.01;

        private readonly LayerNorm _norm1 = weights.LayerNorm("norm1");
        private readonly WindowSelfAttention _attn = new(weights.At("attn"), window, shift);
        private readonly ChannelAttention _convBlock = new(weights.At("conv_block.cab"));
        private readonly LayerNorm _norm2 = weights.LayerNorm("norm2");
        private readonly Mlp _mlp = new(weights.At("mlp"));

        public void AddTo(Tensor map)
        {
            using var scope = NewDisposeScope();
            var normed = _norm1.Forward(map);
            map.add_(_attn.Forward(normed));
            map.add_(_convBlock.Forward(normed.permute(0, 3, 1, 2).contiguous()).permute(0, 2, 3, 1), alpha: ConvScale);
            map.add_(_mlp.Take(_norm2.Forward(map)));
        }
    }

    /// <summary>Two convolutions, whose channels are weighted by what their means say (arXiv 1709.01507).</summary>
    private sealed class ChannelAttention(WeightScope weights) : Layer
    {
        private readonly Conv2d _cab0 = weights.Conv("0");
        private readonly Conv2d _cab2 = weights.Conv("2");
        private readonly Conv2d _attention1 = weights.Conv("3.attention.1");
        private readonly Conv2d _attention3 = weights.Conv("3.attention.3");

        public override Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var h = _cab2.Take(nn.functional.gelu(_cab0.Forward(x)));
            var channels = _attention3.Take(_attention1.Take(h.mean([2, 3], keepdim: true)).relu_()).sigmoid_();
            return h.mul_(channels).MoveToOuterDisposeScope();
        }
    }
}
