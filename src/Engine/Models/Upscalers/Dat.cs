using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>The deep part of DAT (arXiv 2308.03364): attention over windows of the picture and over its channels by turns.</summary>
internal sealed class Dat : IUpscalerBody
{
    private readonly LayerNorm _beforeRG;
    private readonly DualGroup[] _layers;
    private readonly LayerNorm _norm;

    private Dat(WeightScope root)
    {
        _beforeRG = root.LayerNorm("before_RG.1");
        _layers = [.. root.List("layers").Select((layer, group) => new DualGroup(layer, group))];
        _norm = root.LayerNorm("norm");
    }

    /// <summary>Any size: its windows are filled up inside.</summary>
    public long Multiple => 1;

    /// <summary>Whether a file holds one.</summary>
    public static bool Matches(StateDict file) =>
        file.Contains("conv_first.weight") && file.Contains("before_RG.1.weight") && file.Contains("layers.0.blocks.0.attn.attns.0.rpe_biases") && file.Contains("layers.0.blocks.0.ffn.sg.conv.weight");

    /// <summary>The network over weights, which it owns from here on.</summary>
    public static IUpscaleNetwork Wire(NetworkWeights weights) => new TransformerUpscaler(weights, root => new Dat(root));

    public Tensor Forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var h = _beforeRG.Forward(map);
        foreach (var layer in _layers) h = layer.Forward(h);
        return _norm.Forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Whether a block's windows are shifted. Blocks over space have even numbers; every other one of them is, the second first in even groups, the first in odd ones.</summary>
    private static bool IsShifted(int group, int block) => block % 4 == (group % 2 == 0 ? 2 : 0);

    /// <summary>Blocks and a convolution, added to what came in.</summary>
    private sealed class DualGroup(WeightScope weights, int group)
    {
        private readonly DualBlock[] _blocks = [.. weights.List("blocks").Select((block, i) => new DualBlock(block, IsShifted(group, i)))];
        private readonly ResidualConv _conv = new(weights, "conv");

        public Tensor Forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            var h = map.clone();
            foreach (var block in _blocks) block.AddTo(h);
            return _conv.Take(h.permute(0, 3, 1, 2).contiguous()).permute(0, 2, 3, 1).add(map).MoveToOuterDisposeScope();
        }
    }

    private sealed class DualBlock(WeightScope weights, bool isShifted)
    {
        private readonly LayerNorm _norm1 = weights.LayerNorm("norm1");
        private readonly Layer _attn = weights.Weights.Contains($"{weights.Prefix}attn.temperature") ? new DatChannelAttention(weights.At("attn")) : new DatSpatialAttention(weights.At("attn"), isShifted);
        private readonly LayerNorm _norm2 = weights.LayerNorm("norm2");
        private readonly SpatialGateFeedForward _ffn = new(weights.At("ffn"));

        public void AddTo(Tensor map)
        {
            using var scope = NewDisposeScope();
            map.add_(_attn.Take(_norm1.Forward(map)));
            map.add_(_ffn.Take(_norm2.Forward(map)));
        }
    }

    /// <summary>A feed-forward one half of which gates the other after a convolution by channel.</summary>
    private sealed class SpatialGateFeedForward(WeightScope weights) : Layer
    {
        private readonly Linear _fc1 = weights.Linear("fc1");
        private readonly LayerNorm _sgNorm = weights.LayerNorm("sg.norm");
        private readonly Conv2d _sgConv = weights.Depthwise("sg.conv");
        private readonly Linear _fc2 = weights.Linear("fc2");

        public override Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var halves = nn.functional.gelu(_fc1.Forward(x)).chunk(2, -1);
            var gate = _sgConv.Forward(_sgNorm.Forward(halves[1]).permute(0, 3, 1, 2).contiguous()).permute(0, 2, 3, 1);
            return _fc2.Forward(halves[0] * gate).MoveToOuterDisposeScope();
        }
    }
}
