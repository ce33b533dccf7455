using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>The deep part of SwinIR (arXiv 2108.10257): groups of Swin transformer blocks, every second one with shifted windows.</summary>
internal sealed class SwinIR : IUpscalerBody
{
    private const string FirstTable = "layers.0.residual_group.blocks.0.attn.relative_position_bias_table";

    /// <summary>Windows of the networks against JPEG's traces, the only ones trained on values 0…255.</summary>
    private const long JpegWindow = 7;

    private readonly LayerNorm? _patchNorm;
    private readonly SwinGroup[] _layers;
    private readonly LayerNorm _norm;

    private SwinIR(WeightScope root, long window)
    {
        Multiple = window;
        _patchNorm = root.Has("patch_embed.norm") ? root.LayerNorm("patch_embed.norm") : null;
        _layers = [.. root.List("layers").Select(layer => new SwinGroup(layer, window))];
        _norm = root.LayerNorm("norm");
    }

    public long Multiple { get; }

    /// <summary>Whether a file holds one.</summary>
    public static bool Matches(StateDict file) =>
        file.Contains("conv_first.weight") && file.Contains(FirstTable) && file.Contains("layers.0.residual_group.blocks.0.mlp.fc1.weight") && !file.HasPrefix("layers.0.residual_group.overlap_attn.");

    /// <summary>The network over weights, which it owns from here on.</summary>
    public static IUpscaleNetwork Wire(NetworkWeights weights)
    {
        var window = WindowOf(weights, FirstTable);
        return new TransformerUpscaler(weights, root => new SwinIR(root, window), window == JpegWindow ? byte.MaxValue : 1);
    }

    /// <summary>The side of a window, from the (2·side − 1)² rows of its table of relative positions.</summary>
    public static long WindowOf(NetworkWeights weights, string table)
    {
        var side = weights.TryShape(table, out var shape) && shape.Count == 2 ? (long)Math.Sqrt(shape[0]) : 0;
        return side % 2 == 1 && side > 1 && side * side == shape![0]
            ? (side + 1) / 2
            : throw new WeightsFormatException($"the table '{table}' has [{string.Join(", ", shape ?? [])}]; (2·window − 1)² rows are needed");
    }

    public Tensor Forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var h = _patchNorm?.Forward(map) ?? map;
        foreach (var layer in _layers) h = layer.Forward(h);
        return _norm.Forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Blocks and a convolution, added to what came in.</summary>
    private sealed class SwinGroup(WeightScope weights, long window)
    {
        private readonly SwinBlock[] _blocks = [.. weights.List("residual_group.blocks").Select((block, i) => new SwinBlock(block, window, i % 2 == 0 ? 0 : window / 2))];
        private readonly ResidualConv _conv = new(weights, "conv");

        public Tensor Forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            var h = map.clone();
            foreach (var block in _blocks) block.AddTo(h);
            return _conv.Take(h.permute(0, 3, 1, 2).contiguous()).permute(0, 2, 3, 1).add(map).MoveToOuterDisposeScope();
        }
    }

    private sealed class SwinBlock(WeightScope weights, long window, long shift)
    {
        private readonly LayerNorm _norm1 = weights.LayerNorm("norm1");
        private readonly WindowSelfAttention _attn = new(weights.At("attn"), window, shift);
        private readonly LayerNorm _norm2 = weights.LayerNorm("norm2");
        private readonly Mlp _mlp = new(weights.At("mlp"));

        public void AddTo(Tensor map)
        {
            using var scope = NewDisposeScope();
            map.add_(_attn.Forward(_norm1.Forward(map)));
            map.add_(_mlp.Take(_norm2.Forward(map)));
        }
    }
}

/// <summary>Two linear layers around a GELU.</summary>
internal sealed class Mlp(WeightScope weights) : Layer
{
    private readonly Linear _fc1 = weights.Linear("fc1");
    private readonly Linear _fc2 = weights.Linear("fc2");

    public override Tensor Forward(Tensor x)
    {
        using var inner = _fc1.Forward(x);
        return _fc2.Take(nn.functional.gelu(inner));
    }
}
