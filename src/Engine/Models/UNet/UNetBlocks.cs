using Farm.Engine.Models.Layers;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>What every part of the UNet reads in one forward pass.</summary>
/// <param name="Time">SiLU of the time embedding [B, 4·channels].</param>
/// <param name="Context">Text states [B, tokens, width] in the compute type.</param>
/// <param name="SkipSize">Height and width of the skip that is joined next, to which an upsampling goes; null on the way down.</param>
/// <param name="Place">Where the pass is.</param>
internal readonly record struct UNetPass(Tensor Time, Tensor Context, (long Height, long Width)? SkipSize, UNetPlace Place);

/// <summary>A part of a block: takes [B, C, H, W] and gives the same kind; the caller frees both.</summary>
internal interface IUNetPart
{
    Tensor Forward(Tensor x, UNetPass pass);
}

/// <summary>Two 3×3 convolutions around the time embedding, with a shortcut.</summary>
internal sealed class ResBlock(WeightScope weights) : IUNetPart
{
    private const double Eps = 1e-5;

    private readonly GroupNorm _inLayers0 = weights.GroupNorm("in_layers.0", Eps);
    private readonly Conv2d _inLayers2 = weights.Conv("in_layers.2");
    private readonly Linear _embLayers1 = weights.Linear("emb_layers.1");
    private readonly GroupNorm _outLayers0 = weights.GroupNorm("out_layers.0", Eps);
    private readonly Conv2d _outLayers3 = weights.Conv("out_layers.3");
    private readonly Conv2d? _skipConnection = weights.Has("skip_connection") ? weights.Conv("skip_connection") : null;

    public Tensor Forward(Tensor x, UNetPass pass)
    {
        var h = _inLayers2.Take(_inLayers0.ForwardSilu(x));
        using (var time = _embLayers1.Forward(pass.Time))
        using (var spread = time.reshape(time.shape[0], time.shape[1], 1, 1)) h.add_(spread);
        h = _outLayers3.Take(_outLayers0.TakeSilu(h));
        if (_skipConnection is null) return h.add_(x);
        using var shortcut = _skipConnection.Forward(x);
        return h.add_(shortcut);
    }
}

/// <summary>Halves height and width by a convolution of stride 2.</summary>
internal sealed class Downsample(WeightScope weights) : IUNetPart
{
    private readonly Conv2d _op = weights.Conv("op", stride: 2);

    public Tensor Forward(Tensor x, UNetPass pass) => _op.Forward(x);
}

/// <summary>Doubles height and width (to the next skip's size, which an odd size makes smaller) by repeating cells, then convolves.</summary>
internal sealed class Upsample(WeightScope weights) : IUNetPart
{
    private readonly Conv2d _conv = weights.Conv("conv");

    public Tensor Forward(Tensor x, UNetPass pass)
    {
        var (height, width) = pass.SkipSize ?? (x.shape[2] * 2, x.shape[3] * 2);
        return _conv.Take(nn.functional.interpolate(x, size: [height, width], mode: InterpolationMode.Nearest));
    }
}

/// <summary>The convolution that first widens the latent.</summary>
internal sealed class InputConv(WeightScope weights, string name) : IUNetPart
{
    private readonly Conv2d _conv = weights.Conv(name);

    public Tensor Forward(Tensor x, UNetPass pass) => _conv.Forward(x);
}

/// <summary>A numbered block: its parts one after the other.</summary>
internal sealed class UNetBlock(WeightScope weights, HeadRule heads)
{
    private readonly Block<IUNetPart[]> _parts = new(weights, loaded => [.. Wire(loaded, heads)]);

    /// <summary>The block's output; the input is left to the caller.</summary>
    public Tensor Forward(Tensor x, UNetPass pass) => _parts.Run(parts => Forward(parts, x, pass));

    private static Tensor Forward(IUNetPart[] parts, Tensor x, UNetPass pass)
    {
        var h = parts[0].Forward(x, pass);
        foreach (var part in parts.AsSpan(1))
        {
            using var last = h;
            h = part.Forward(last, pass);
        }
        return h;
    }

    /// <summary>What a numbered part is follows from the keys below it.</summary>
    private static IEnumerable<IUNetPart> Wire(WeightScope weights, HeadRule heads)
    {
        for (var i = 0; ; i++)
        {
            var name = $"{i}";
            var part = weights.At(name);
            if (part.Has("in_layers.2")) yield return new ResBlock(part);
            else if (part.Has("proj_in")) yield return new SpatialTransformer(part, heads);
            else if (part.Has("op")) yield return new Downsample(part);
            else if (part.Has("conv")) yield return new Upsample(part);
            else if (weights.Has(name)) yield return new InputConv(weights, name);
            else yield break;
        }
    }
}
