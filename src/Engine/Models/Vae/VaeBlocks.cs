using Farm.Engine.Models.Layers;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Vae;

/// <summary>The one epsilon of the autoencoder's group norms.</summary>
internal static class VaeNorm
{
    public const double Eps = 1e-6;
}

/// <summary>Two 3×3 convolutions with a shortcut.</summary>
internal sealed class ResnetBlock(WeightScope weights) : Layer
{
    private readonly GroupNorm _norm1 = weights.GroupNorm("norm1", VaeNorm.Eps);
    private readonly Conv2d _conv1 = weights.Conv("conv1");
    private readonly GroupNorm _norm2 = weights.GroupNorm("norm2", VaeNorm.Eps);
    private readonly Conv2d _conv2 = weights.Conv("conv2");
    private readonly Conv2d? _ninShortcut = weights.Has("nin_shortcut") ? weights.Conv("nin_shortcut") : null;

    public override Tensor Forward(Tensor x)
    {
        var h = _conv2.Take(_norm2.TakeSilu(_conv1.Take(_norm1.ForwardSilu(x))));
        if (_ninShortcut is null) return h.add_(x);
        using var shortcut = _ninShortcut.Forward(x);
        return h.add_(shortcut);
    }
}

/// <summary>Self attention over all cells in a single head.</summary>
internal sealed class AttnBlock(WeightScope weights) : Layer
{
    private readonly GroupNorm _norm = weights.GroupNorm("norm", VaeNorm.Eps);
    private readonly Linear _q = weights.Linear("q");
    private readonly Linear _k = weights.Linear("k");
    private readonly Linear _v = weights.Linear("v");
    private readonly Linear _projOut = weights.Linear("proj_out");

    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var tokens = _norm.Forward(x).flatten(2).transpose(1, 2).contiguous();
        var attended = Attention.Multihead(_q.Forward(tokens), _k.Forward(tokens), _v.Forward(tokens), heads: 1);
        return _projOut.Take(attended).transpose(1, 2).reshape(x.shape).add_(x).MoveToOuterDisposeScope();
    }
}

/// <summary>A layer whose weights may come and go.</summary>
internal sealed class BlockLayer(WeightScope weights, Func<WeightScope, Layer> wire) : Layer
{
    private readonly Block<Layer> _block = new(weights, wire);

    public override Tensor Forward(Tensor x) => _block.Run(layer => layer.Forward(x));
}

/// <summary>The lowest resolution: residual, attention, residual.</summary>
internal sealed class MiddleBlock(WeightScope weights) : Layer
{
    private readonly ResnetBlock _block1 = new(weights.At("block_1"));
    private readonly AttnBlock _attn1 = new(weights.At("attn_1"));
    private readonly ResnetBlock _block2 = new(weights.At("block_2"));

    public override Tensor Forward(Tensor x) => _block2.Take(_attn1.Take(_block1.Forward(x)));
}

/// <summary>Halves height and width; one row and column of zeros go to the right and bottom, so that the kernel's centre stays on even cells.</summary>
internal sealed class VaeDownsample(WeightScope weights) : Layer
{
    private readonly Conv2d _conv = weights.Conv("conv", stride: 2, padding: 0);

    public override Tensor Forward(Tensor x) => _conv.Take(nn.functional.pad(x, [0, 1, 0, 1]));
}

/// <summary>Doubles height and width by repeating cells, then convolves.</summary>
internal sealed class VaeUpsample(WeightScope weights) : Layer
{
    private readonly Conv2d _conv = weights.Conv("conv");

    public override Tensor Forward(Tensor x) =>
        _conv.Take(nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
}

/// <summary>Pixels → moments of the latent.</summary>
internal sealed class Encoder(WeightScope weights) : Layer
{
    private readonly Conv2d _convIn = weights.Conv("conv_in");
    private readonly Layer[] _down = [.. weights.List("down").SelectMany(Level)];
    private readonly BlockLayer _mid = new(weights.At("mid"), loaded => new MiddleBlock(loaded));
    private readonly GroupNorm _normOut = weights.GroupNorm("norm_out", VaeNorm.Eps);
    private readonly Conv2d _convOut = weights.Conv("conv_out");

    public override Tensor Forward(Tensor x)
    {
        var h = _convIn.Forward(x);
        foreach (var layer in _down) h = layer.Take(h);
        return _convOut.Take(_normOut.TakeSilu(_mid.Take(h)));
    }

    private static IEnumerable<Layer> Level(WeightScope level)
    {
        foreach (var block in level.List("block")) yield return new BlockLayer(block, loaded => new ResnetBlock(loaded));
        if (level.Has("downsample.conv")) yield return new VaeDownsample(level.At("downsample"));
    }
}

/// <summary>Latent → pixels.</summary>
internal sealed class Decoder(WeightScope weights) : Layer
{
    private readonly Conv2d _convIn = weights.Conv("conv_in");
    private readonly BlockLayer _mid = new(weights.At("mid"), loaded => new MiddleBlock(loaded));
    private readonly Layer[] _up = [.. weights.List("up").Reverse().SelectMany(Level)];
    private readonly GroupNorm _normOut = weights.GroupNorm("norm_out", VaeNorm.Eps);
    private readonly Conv2d _convOut = weights.Conv("conv_out");

    public override Tensor Forward(Tensor x)
    {
        var h = _mid.Take(_convIn.Forward(x));
        foreach (var layer in _up) h = layer.Take(h);
        return _convOut.Take(_normOut.TakeSilu(h));
    }

    private static IEnumerable<Layer> Level(WeightScope level)
    {
        foreach (var block in level.List("block")) yield return new BlockLayer(block, loaded => new ResnetBlock(loaded));
        if (level.Has("upsample.conv")) yield return new VaeUpsample(level.At("upsample"));
    }
}
