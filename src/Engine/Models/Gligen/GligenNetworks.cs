using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Gligen;

/// <summary>GLIGEN (arXiv 2301.07093): boxes with texts become tokens that a gated attention in every transformer block reads.</summary>
internal sealed class GligenModel : IDisposable
{
    private const string Fuser = ".fuser.linear.weight";
    private const int NarrowHeads = 8;
    private const int NarrowText = 768;
    private const int HeadWidth = 64;

    private readonly NetworkWeights _weights;
    private readonly Dictionary<string, GatedFuser> _fusers = new(StringComparer.Ordinal);

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    public GligenModel(NetworkWeights weights, IEnumerable<string> names)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        PositionNet = new PositionNet(root.At("position_net"));
        foreach (var name in names.Where(name => name.EndsWith(Fuser, StringComparison.Ordinal)))
        {
            var block = name[..^Fuser.Length];
            var scope = root.At(block + ".fuser");
            var (width, text) = (scope.Linear("linear").Outputs, scope.Linear("linear").Inputs);
            _fusers[block] = new GatedFuser(scope, text == NarrowText ? NarrowHeads : Math.Max(1, width / HeadWidth));
        }
        if (_fusers.Count == 0) throw new WeightsFormatException("the file has no fusers (….fuser.linear.weight)");
    }

    /// <summary>Makes tokens of boxes and texts.</summary>
    public PositionNet PositionNet { get; }

    /// <summary>The tokens [B, N, C] after the fuser of a place; the same where there is none.</summary>
    public Tensor Fuse(UNetPlace place, Tensor tokens, Tensor objects) => _fusers.TryGetValue(Block(place), out var fuser) ? fuser.Forward(tokens, objects) : tokens;

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private static string Block(UNetPlace place) => place.Stretch switch
    {
        UNetStretch.Input => $"input_blocks.{place.Block}.1.transformer_blocks.{place.Transformer}",
        UNetStretch.Middle => $"middle_block.1.transformer_blocks.{place.Transformer}",
        _ => $"output_blocks.{place.Block}.1.transformer_blocks.{place.Transformer}",
    };
}

/// <summary>Sinusoids of a box's corners beside its text, through three layers; a learned stand-in for empty slots.</summary>
internal sealed class PositionNet(WeightScope weights)
{
    private const int Frequencies = 8;
    private const double Base = 100;

    private readonly Layer[] _linears = [weights.Linear("linears.0"), weights.Linear("linears.2"), weights.Linear("linears.4")];
    private readonly Tensor _nullText = weights.Parameter("null_positive_feature", 1);
    private readonly Tensor _nullPlace = weights.Parameter("null_position_feature", 1);

    /// <summary>Width of a text's summary.</summary>
    public long TextWidth => _nullText.shape[0];

    /// <summary>[B, slots, width] of boxes [B, slots, 4], masks [B, slots] (1 = used) and texts [B, slots, width].</summary>
    public Tensor Forward(Tensor boxes, Tensor masks, Tensor texts)
    {
        using var scope = NewDisposeScope();
        var used = masks.unsqueeze(-1);
        var place = Fourier(boxes) * used + (1 - used) * _nullPlace.reshape(1, 1, -1);
        var text = texts * used + (1 - used) * _nullText.reshape(1, 1, -1);
        var h = nn.functional.silu(_linears[0].Forward(cat([text, place], -1)));
        return _linears[2].Forward(nn.functional.silu(_linears[1].Forward(h))).MoveToOuterDisposeScope();
    }

    /// <summary>sin and cos of 100^(k/8) times the four corners, k = 0…7: [B, slots, 64].</summary>
    public static Tensor Fourier(Tensor boxes) => cat(
        [.. Enumerable.Range(0, Frequencies).Select(k => boxes * Math.Pow(Base, (double)k / Frequencies)).SelectMany(angles => (Tensor[])[angles.sin(), angles.cos()])], -1);
}

/// <summary>Gated attention of tokens to objects, and a gated feed-forward.</summary>
internal sealed class GatedFuser(WeightScope weights, long heads)
{
    private readonly Linear _linear = weights.Linear("linear");
    private readonly CrossAttention _attn = new(weights.At("attn"), new HeadRule((int)heads, 0));
    private readonly FeedForward _ff = new(weights.At("ff"));
    private readonly LayerNorm _norm1 = weights.LayerNorm("norm1");
    private readonly LayerNorm _norm2 = weights.LayerNorm("norm2");
    private readonly Tensor _alphaAttn = weights.Parameter("alpha_attn", 0);
    private readonly Tensor _alphaDense = weights.Parameter("alpha_dense", 0);

    /// <summary>A new tensor of the tokens' shape.</summary>
    public Tensor Forward(Tensor x, Tensor objects)
    {
        using var scope = NewDisposeScope();
        var all = _norm1.Forward(cat([x, _linear.Forward(objects)], 1));
        var h = x + _alphaAttn.tanh() * _attn.Forward(all, all, all).narrow(1, 0, x.shape[1]);
        return (h + _alphaDense.tanh() * _ff.Forward(_norm2.Forward(h))).MoveToOuterDisposeScope();
    }
}
