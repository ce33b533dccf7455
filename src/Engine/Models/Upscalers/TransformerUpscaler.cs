using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>What tells one transformer upscaler from another: the deep features.</summary>
internal interface IUpscalerBody
{
    /// <summary>Sides that it takes are multiples of this.</summary>
    long Multiple { get; }

    /// <summary>[B, H, W, C] → a new tensor of the same shape.</summary>
    Tensor Forward(Tensor map);
}

/// <summary>
/// The frame that SwinIR (arXiv 2108.10257), HAT (2205.04437) and DAT (2308.03364) share: shallow features by a convolution, deep ones added to them,
/// and one of four ways from features to pixels, which the keys tell.
/// </summary>
internal sealed class TransformerUpscaler : IUpscaleNetwork
{
    /// <summary>Mean colour of DIV2K, which these networks are trained without.</summary>
    private static readonly double[] Mean = [0.4488, 0.4371, 0.4040];

    private readonly NetworkWeights _weights;
    private readonly double _range;
    private readonly Conv2d _convFirst;
    private readonly IUpscalerBody _body;
    private readonly ResidualConv _convAfterBody;
    private readonly PixelHead _head;

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    /// <param name="weights">The file's tensors.</param>
    /// <param name="body">Wires the deep part.</param>
    /// <param name="range">The value that white has inside.</param>
    public TransformerUpscaler(NetworkWeights weights, Func<WeightScope, IUpscalerBody> body, double range = 1)
    {
        _weights = weights;
        _range = range;
        var root = new WeightScope(weights);
        if (weights.Contains("absolute_pos_embed")) throw new WeightsFormatException("the upscaler has absolute_pos_embed, which binds it to one size of picture; only those without are run");
        _convFirst = root.Conv("conv_first");
        _body = body(root);
        _convAfterBody = new ResidualConv(root, "conv_after_body");
        _head = new PixelHead(root);
        if (_convFirst.Inputs != Mean.Length || _head.Channels != Mean.Length)
            throw new WeightsFormatException($"the upscaler takes {_convFirst.Inputs} channels and gives {_head.Channels}; pictures here have {Mean.Length}");
    }

    public int Scale => _head.Scale;

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (x.shape[2], x.shape[3]);
        var mean = tensor(Mean, x.dtype, x.device).reshape(1, -1, 1, 1);
        var input = (PadTo(x, _body.Multiple) - mean).mul_(_range);
        var shallow = _convFirst.Forward(input);
        var deep = _body.Forward(shallow.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).contiguous();
        var pixels = _head.Forward(_convAfterBody.Take(deep).add_(shallow), input);
        return (pixels / _range + mean).narrow(2, 0, height * Scale).narrow(3, 0, width * Scale).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    /// <summary>Mirrored at the bottom and right up to whole windows; a picture smaller than a window is mirrored again and again.</summary>
    private static Tensor PadTo(Tensor x, long multiple)
    {
        var padded = x;
        foreach (var dimension in (int[])[2, 3])
        {
            var wanted = (x.shape[dimension] + multiple - 1) / multiple * multiple;
            while (padded.shape[dimension] < wanted)
            {
                var (side, more) = (padded.shape[dimension], wanted - padded.shape[dimension]);
                var step = Math.Min(more, Math.Max(1, side - 1));
                padded = nn.functional.pad(padded, dimension == 2 ? [0, 0, 0, step] : [0, step, 0, 0], side == 1 ? PaddingModes.Replicate : PaddingModes.Reflect);
            }
        }
        return padded;
    }
}

/// <summary>The convolution at the end of a group: one, three around a narrow middle, or none, as the keys say.</summary>
internal sealed class ResidualConv(WeightScope weights, string name) : Layer
{
    private const double Slope = 0.2;

    private readonly Conv2d[] _convs = weights.Has(name) ? [weights.Conv(name)]
        : weights.Has(name + ".0") ? [weights.Conv(name + ".0"), weights.Conv(name + ".2"), weights.Conv(name + ".4")]
        : [];

    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = x.clone();
        for (var i = 0; i < _convs.Length; i++) h = _convs[i].Take(i == 0 ? h : nn.functional.leaky_relu(h, Slope));
        return h.MoveToOuterDisposeScope();
    }
}

/// <summary>From features to pixels: sub-pixel convolutions (arXiv 1609.05158) over narrower features or directly, doublings, or a difference of the same size.</summary>
internal sealed class PixelHead
{
    private const double FirstSlope = 0.01;
    private const double Slope = 0.2;
    private const int MaxDoublings = 3;

    private readonly Conv2d? _before;
    private readonly Conv2d[] _shuffles;
    private readonly Conv2d[] _doublings;
    private readonly Conv2d? _hr;
    private readonly Conv2d? _last;

    public PixelHead(WeightScope weights)
    {
        _before = weights.Has("conv_before_upsample.0") ? weights.Conv("conv_before_upsample.0") : null;
        _shuffles = [.. Enumerable.Range(0, MaxDoublings).Select(i => $"upsample.{2 * i}").TakeWhile(weights.Has).Select(name => weights.Conv(name))];
        _doublings = [.. Enumerable.Range(1, MaxDoublings).Select(i => $"conv_up{i}").TakeWhile(weights.Has).Select(name => weights.Conv(name))];
        _hr = weights.Has("conv_hr") ? weights.Conv("conv_hr") : null;
        _last = weights.Has("conv_last") ? weights.Conv("conv_last") : null;
        if (_last is null && _shuffles.Length != 1) throw new WeightsFormatException("the upscaler has neither conv_last nor an upsample.0 of its own");
        Channels = _last?.Outputs ?? PictureChannels(weights);
        Scale = _last is null ? Root(_shuffles[0].Outputs / Channels) : _shuffles.Aggregate(1 << _doublings.Length, (scale, conv) => scale * Root(conv.Outputs / conv.Inputs));
    }

    /// <summary>How much larger pictures become along a side.</summary>
    public int Scale { get; }

    /// <summary>Channels of the pixels.</summary>
    public long Channels { get; }

    private bool IsDifference => _before is null && _shuffles.Length == 0;

    /// <summary>The pixels as a new tensor.</summary>
    /// <param name="features">[B, C, H, W].</param>
    /// <param name="input">The picture, for a network that gives the difference to it.</param>
    public Tensor Forward(Tensor features, Tensor input)
    {
        using var scope = NewDisposeScope();
        if (IsDifference) return (input + _last!.Forward(features)).MoveToOuterDisposeScope();
        var h = _before is null ? features : nn.functional.leaky_relu(_before.Forward(features), FirstSlope);
        foreach (var conv in _shuffles)
        {
            var wide = conv.Forward(h);
            h = nn.functional.pixel_shuffle(wide, Root(wide.shape[1] / (_last is null ? Channels : conv.Inputs)));
        }
        foreach (var conv in _doublings)
            h = nn.functional.leaky_relu(conv.Forward(nn.functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest)), Slope);
        if (_hr is not null) h = nn.functional.leaky_relu(_hr.Forward(h), Slope);
        return (_last?.Forward(h) ?? h.alias()).MoveToOuterDisposeScope();
    }

    private static int Root(long square) => (int)Math.Round(Math.Sqrt(square));

    /// <summary>A direct head gives as many channels as the picture has.</summary>
    private static long PictureChannels(WeightScope weights) => weights.Conv("conv_first").Inputs;
}
