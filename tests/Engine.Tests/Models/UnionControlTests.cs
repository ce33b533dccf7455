using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>
/// What a union network (xinsir's ControlNet++) adds for a kind of picture, against plain networks whose biases hold what the formula gives: the kind's place in the
/// time embedding, and in the picture's features.
/// </summary>
[Collection(nameof(Measured))]
public sealed class UnionControlTests : IDisposable
{
    private const long Width = 320, TimeWidth = 1280, Sinusoid = 256;
    private const int Kinds = 8;
    private const string TimeBias = "time_embed.2.bias";
    private const string HintWeight = "input_hint_block.14.weight", HintBias = "input_hint_block.14.bias";

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(1);
    private readonly DiffusionModel _model;
    private readonly StateDict _plain;

    public UnionControlTests()
    {
        _model = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        _plain = new StateDict(SafetensorsFile.Open(Manifests.PathOf("controlnet-tiny"))).Under("control_model.");
    }

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    /// <summary>With a kind 1 in its place of a row of zeros, without one zeros alone; each number as 128 cosines and 128 sines; L₂(silu(L₁(·))) joins the time embedding.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(6)]
    public void Compute_OfAKind_AddsItsEmbeddingToTheTime(int? kind)
    {
        var union = Union().Add("spatial_ch_projs.weight", zeros(Width, Width)).Add("spatial_ch_projs.bias", zeros(Width)).Dict;
        var frequencies = arange(Sinusoid / 2, ScalarType.Float32).mul(-Math.Log(10000) / (Sinusoid / 2)).exp();
        var places = Enumerable.Range(0, Kinds).Select(place => frequencies * (place == kind ? 1f : 0f));
        var row = cat([.. places.SelectMany(angles => (Tensor[])[angles.cos(), angles.sin()])]);
        var embedding = Linear(union, "control_add_embedding.linear_2", nn.functional.silu(Linear(union, "control_add_embedding.linear_1", row)));

        var expected = Compute(With((TimeBias, _plain.Open(TimeBias).to(ScalarType.Float32) + embedding)));
        var actual = Compute(_plain.With(union), kind);

        Check(expected, actual, otherThan: Compute(_plain));
    }

    /// <summary>
    /// Where the picture's features are all zero, so that their mean is, the token is the kind's own; one transformer layer over one token, whose attention is its value;
    /// then the projection, which joins every cell.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void Compute_OfAKind_AddsItsTokenToTheFeatures(int kind)
    {
        var union = Union().Linear("spatial_ch_projs", _random, Width, Width)
            .Add("control_add_embedding.linear_2.weight", zeros(TimeWidth, TimeWidth)).Add("control_add_embedding.linear_2.bias", zeros(TimeWidth)).Dict;
        var noFeatures = With((HintWeight, zeros_like(_plain.Open(HintWeight))), (HintBias, zeros(Width)));
        const string layer = "transformer_layes.0.";
        var token = union.Open("task_embedding")[kind];
        var value = nn.functional.linear(Normed(token), union.Open(layer + "attn.in_proj_weight").narrow(0, 2 * Width, Width), union.Open(layer + "attn.in_proj_bias").narrow(0, 2 * Width, Width));
        token += Linear(union, layer + "attn.out_proj", value);
        var inner = Linear(union, layer + "mlp.c_fc", Normed(token));
        token += Linear(union, layer + "mlp.c_proj", inner * (inner * 1.702).sigmoid());
        var shift = Linear(union, "spatial_ch_projs", token);

        var expected = Compute(With((HintWeight, zeros_like(_plain.Open(HintWeight))), (HintBias, shift)));
        var actual = Compute(noFeatures.With(union), kind);

        Check(expected, actual, otherThan: Compute(noFeatures));
    }

    /// <summary>Told nothing, the picture's features stay as they are.</summary>
    [Fact]
    public void Compute_OfNoKind_LeavesTheFeatures()
    {
        var union = Union().Linear("spatial_ch_projs", _random, Width, Width)
            .Add("control_add_embedding.linear_2.weight", zeros(TimeWidth, TimeWidth)).Add("control_add_embedding.linear_2.bias", zeros(TimeWidth)).Dict;

        Check(Compute(_plain), Compute(_plain.With(union)), otherThan: Compute(_plain.With(union), kind: 2));
    }

    private static Tensor Linear(StateDict weights, string name, Tensor x) => nn.functional.linear(x, weights.Open(name + ".weight"), weights.Open(name + ".bias"));

    /// <summary>Both norms of the transformer layer have weights of one and no bias.</summary>
    private static Tensor Normed(Tensor x) => nn.functional.layer_norm(x, [Width]);

    private StateDict With(params (string Name, Tensor Value)[] replaced)
    {
        var values = new MemorySource();
        foreach (var (name, value) in replaced) values.Add(name, value);
        return _plain.With(values.Dict);
    }

    private MemorySource Union() => new MemorySource()
        .Add("task_embedding", randn([Kinds, Width], generator: _random))
        .Norm("transformer_layes.0.ln_1", Width).Norm("transformer_layes.0.ln_2", Width)
        .Add("transformer_layes.0.attn.in_proj_weight", _random, 3 * Width, Width).Add("transformer_layes.0.attn.in_proj_bias", _random, 3 * Width)
        .Linear("transformer_layes.0.attn.out_proj", _random, Width, Width)
        .Linear("transformer_layes.0.mlp.c_fc", _random, 4 * Width, Width).Linear("transformer_layes.0.mlp.c_proj", _random, Width, 4 * Width)
        .Linear("control_add_embedding.linear_1", _random, TimeWidth, Kinds * Sinusoid)
        .Linear("control_add_embedding.linear_2", _random, TimeWidth, TimeWidth);

    private ControlResiduals Compute(StateDict weights, int? kind = null)
    {
        using var mode = inference_mode(true);
        using var random = new Generator(5);
        var net = new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null).Control(weights, model: null)!;
        var hint = rand([1, 64, 64, 3], generator: random);
        var call = new ControlCall(_model, randn([2, 4, 8, 8], generator: random), 2, randn([2, 77, 768], generator: random), Y: null);
        return net.OfType(kind).With(hint, 1).Compute(call)!;
    }

    private static void Check(ControlResiduals expected, ControlResiduals actual, ControlResiduals otherThan)
    {
        foreach (var (wanted, got) in expected.Output.Concat(expected.Middle).Zip(actual.Output.Concat(actual.Middle))) Assert.InRange(Fixture.RelativeError(got!, wanted!), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(actual.Middle[0]!, otherThan.Middle[0]!), 1e-3, 100);
    }
}
