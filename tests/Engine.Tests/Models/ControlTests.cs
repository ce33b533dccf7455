using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Control;
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

/// <summary>Kinds of control networks beside the plain one, held against the plain one.</summary>
[Collection(nameof(Measured))]
public sealed class ControlTests : IDisposable
{
    private const string Layer = "input_blocks.1.1.transformer_blocks.0.attn1.to_q";
    private const long Width = 320;
    private const long TimeWidth = 1280;
    private const int Kinds = 8;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(1);
    private readonly DiffusionModel _model;
    private readonly PartBuilder _parts;
    private readonly StateDict _plain;

    public ControlTests()
    {
        _model = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;
        _parts = new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null);
        _plain = new StateDict(SafetensorsFile.Open(Manifests.PathOf("controlnet-tiny"))).Under("control_model.");
    }

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void ControlLora_WithALowRankLayer_IsTheNetworkOfTheBaseModelsWeights()
    {
        Tensor up = randn([Width, 4], generator: _random) * 0.1, down = randn([4, Width], generator: _random) * 0.1;
        using var stored = _model.Part.Stored.Open(Layer + ".weight");
        var whole = _plain.With(new MemorySource().Add(Layer + ".weight", stored.to(ScalarType.Float32) + up.mm(down)).Dict);
        var lowRank = _plain.Renamed("less", name => name == Layer + ".weight" ? null : name)
            .With(new MemorySource().Add(Layer + ".up", up.clone()).Add(Layer + ".down", down.clone()).Add("lora_controlnet", zeros(1)).Dict);

        var expected = Compute(_parts.Control(whole, model: null)!);
        var actual = Compute(_parts.Control(lowRank, model: null)!);

        CheckEqual(expected, actual);
    }

    [Fact]
    public void LoadControl_OfDifferences_AddsTheModelsWeights()
    {
        using var stored = _model.Part.Stored.Open(Layer + ".weight");
        using var own = _plain.Open(Layer + ".weight");
        var onlyThere = _plain.Names.Where(name => !_model.Part.Stored.Contains(name) || name == Layer + ".weight").ToHashSet(StringComparer.Ordinal);
        var differences = new MemorySource().Add("difference", zeros(1)).Add(Layer + ".weight", own.to(ScalarType.Float32) - stored.to(ScalarType.Float32));
        foreach (var name in _plain.Names.Where(name => !onlyThere.Contains(name)))
        {
            using var theirs = _model.Part.Stored.Open(name);
            using var mine = _plain.Open(name);
            differences.Add(name, mine.to(ScalarType.Float32) - theirs.to(ScalarType.Float32));
        }

        var actual = Compute(_parts.Control(_plain.With(differences.Dict), _model)!);

        CheckEqual(Compute(_parts.Control(_plain, model: null)!), actual);
    }

    [Fact]
    public void Union_WithWeightsOfZero_IsThePlainNetwork()
    {
        var union = _parts.Control(_plain.With(Union(factor: 0)), model: null)!;

        CheckEqual(Compute(_parts.Control(_plain, model: null)!), Compute(union.OfType(3)));
    }

    [Fact]
    public void Union_OfAnotherKind_ActsOtherwise()
    {
        var union = _parts.Control(_plain.With(Union(factor: 1)), model: null)!;

        var (none, first, second) = (Last(Compute(union)), Last(Compute(union.OfType(0))), Last(Compute(union.OfType(1))));

        Assert.InRange(Fixture.RelativeError(first, none), 1e-3, 100);
        Assert.InRange(Fixture.RelativeError(second, first), 1e-3, 100);
    }

    [Fact]
    public void Union_OfAKindItDoesNotKnow_SaysSo()
    {
        var union = _parts.Control(_plain.With(Union(factor: 1)), model: null)!.OfType(Kinds);

        Assert.Contains($"knows {Kinds} kinds", Assert.Throws<ArgumentException>(() => Compute(union)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t2i-avgpool-tiny", 8, 11, 1, 2)]
    [InlineData("t2i-conv-tiny", 9, 9, 2, 2)]
    [InlineData("t2i-xl-tiny", 9, 9, 3, 3)]
    public void T2IAdapter_OnALatentOfAnySize_GivesResidualsOfEveryLevel(string name, long height, long width, long lowestHeight, long lowestWidth)
    {
        var adapter = _parts.Control(new StateDict(SafetensorsFile.Open(Manifests.PathOf(name))), model: null)!;

        var residuals = Compute(adapter, height, width, strength: 1);
        var halved = Compute(adapter, height, width, strength: 0.5f);

        var first = residuals.Middle.Concat(residuals.Input).First(value => value is not null)!;
        Assert.Equal((lowestHeight, lowestWidth), (first.shape[2], first.shape[3]));
        CheckEqual(residuals, new ControlResiduals(Doubled(halved.Input), Doubled(halved.Middle), []));
    }

    [Fact]
    public void T2IAdapter_InDiffusersLayout_IsTheSameNetwork()
    {
        var original = new StateDict(SafetensorsFile.Open(Manifests.PathOf("t2i-avgpool-tiny")));
        var diffusers = original.Renamed("diffusers", name =>
        {
            var parts = name.Split('.');
            if (parts[0] != "body") return "adapter." + name;
            var (stage, block) = (int.Parse(parts[1], provider: null) / 2, int.Parse(parts[1], provider: null) % 2);
            var rest = string.Join('.', parts[2..]);
            return parts[2] == "in_conv" ? $"adapter.body.{stage}.{rest}" : $"adapter.body.{stage}.resnets.{block}.{rest}";
        });

        CheckEqual(Compute(_parts.Control(original, model: null)!), Compute(_parts.Control(diffusers, model: null)!));
    }

    /// <summary>A stage is 1×1 in, blocks of x + conv(relu(conv(x))), 1×1 out, at half the size from the second on; each gives what the UNet's three blocks of a level get once.</summary>
    [Fact]
    public void T2IAdapter_Light_IsItsFormula()
    {
        const long inner = 8;
        long[] widths = [3 * 64, 320, 640, 1280, 1280];
        var source = new MemorySource();
        for (var stage = 0; stage < 4; stage++)
        {
            Conv($"body.{stage}.in_conv", inner, widths[stage], 1);
            Conv($"body.{stage}.out_conv", widths[stage + 1], inner, 1);
            for (var i = 0; i < 2; i++)
            {
                Conv($"body.{stage}.body.{i}.block1", inner, inner, 3);
                Conv($"body.{stage}.body.{i}.block2", inner, inner, 3);
            }
        }
        var weights = source.Dict;
        using var random = new Generator(5);
        var x = nn.functional.pixel_unshuffle(rand([1, 64, 64, 3], generator: random).movedim([-1], [1]), 8);
        var features = new List<Tensor>();
        for (var stage = 0; stage < 4; stage++)
        {
            x = Convolved($"body.{stage}.in_conv", stage == 0 ? x : nn.functional.avg_pool2d(x, 2, 2));
            for (var i = 0; i < 2; i++) x = x + Convolved($"body.{stage}.body.{i}.block2", nn.functional.relu(Convolved($"body.{stage}.body.{i}.block1", x)));
            features.Add(x = Convolved($"body.{stage}.out_conv", x));
        }

        var residuals = Compute(_parts.Control(weights, model: null)!, hintSide: 64);

        Tensor?[] expected = [.. Enumerable.Reverse(features).SelectMany(feature => (Tensor?[])[feature, null, null])];
        CheckEqual(new ControlResiduals(expected, [], []), residuals);
        var diffusers = weights.Renamed("diffusers", name => "adapter." + name.Replace(".body.", ".resnets.", StringComparison.Ordinal));
        CheckEqual(residuals, Compute(_parts.Control(diffusers, model: null)!, hintSide: 64));

        void Conv(string name, long outputs, long inputs, long side) => source.Add(name + ".weight", _random, outputs, inputs, side, side).Add(name + ".bias", _random, outputs);

        Tensor Convolved(string name, Tensor input)
        {
            var weight = weights.Open(name + ".weight");
            return nn.functional.conv2d(input, weight, weights.Open(name + ".bias"), padding: [weight.shape[^1] / 2, weight.shape[^1] / 2]);
        }
    }

    [Fact]
    public void Compute_OfEveryKind_LeavesItsResidualsAlone()
    {
        foreach (var name in (string[])["controlnet-tiny", "t2i-avgpool-tiny"])
        {
            using var scope = NewDisposeScope();
            var net = _parts.Control(new StateDict(SafetensorsFile.Open(Manifests.PathOf(name))), model: null)!;
            Dispose(Compute(net));
            var before = LiveTensors.Count();

            var residuals = Compute(net);

            Assert.Equal(Count(residuals), Tensor.TotalCount - before);
            Dispose(residuals);
        }

        static void Dispose(ControlResiduals residuals)
        {
            foreach (var value in residuals.Input.Concat(residuals.Middle).Concat(residuals.Output)) value?.Dispose();
        }

        static int Count(ControlResiduals residuals) => residuals.Input.Concat(residuals.Middle).Concat(residuals.Output).Count(value => value is not null);
    }

    private StateDict Union(double factor)
    {
        var source = new MemorySource()
            .Add("task_embedding", _random, Kinds, Width)
            .Norm("transformer_layes.0.ln_1", Width).Norm("transformer_layes.0.ln_2", Width)
            .Add("transformer_layes.0.attn.in_proj_weight", _random, 3 * Width, Width).Add("transformer_layes.0.attn.in_proj_bias", _random, 3 * Width)
            .Linear("transformer_layes.0.attn.out_proj", _random, Width, Width)
            .Linear("transformer_layes.0.mlp.c_fc", _random, 4 * Width, Width).Linear("transformer_layes.0.mlp.c_proj", _random, Width, 4 * Width)
            .Linear("control_add_embedding.linear_1", _random, TimeWidth, Kinds * 256);
        foreach (var (name, outputs, inputs) in ((string, long, long)[])[("control_add_embedding.linear_2", TimeWidth, TimeWidth), ("spatial_ch_projs", Width, Width)])
            source.Add(name + ".weight", randn([outputs, inputs], generator: _random) * 0.1 * factor).Add(name + ".bias", randn([outputs], generator: _random) * 0.1 * factor);
        return source.Dict;
    }

    private ControlResiduals Compute(ControlNet net, long height = 8, long width = 8, float strength = 1, long? hintSide = null)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(true);
        using var random = new Generator(5);
        var hint = rand([1, 64, hintSide ?? 96, 3], generator: random);
        var call = new ControlCall(_model, randn([1, 4, height, width], generator: random), 2, randn([1, 77, 768], generator: random), Y: null);
        var residuals = net.With(hint, strength).Compute(call)!;
        return new ControlResiduals(Kept(residuals.Input), Kept(residuals.Middle), Kept(residuals.Output));

        static Tensor?[] Kept(IReadOnlyList<Tensor?> values) => [.. values.Select(value => value?.MoveToOuterDisposeScope())];
    }

    private static Tensor Last(ControlResiduals residuals) => residuals.Output[^1]!;

    private static Tensor?[] Doubled(IReadOnlyList<Tensor?> values) => [.. values.Select(value => value is null ? null : value * 2)];

    private static void CheckEqual(ControlResiduals expected, ControlResiduals actual)
    {
        foreach (var (wanted, got) in ((IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>)[])[(expected.Input, actual.Input), (expected.Middle, actual.Middle), (expected.Output, actual.Output)])
        {
            Assert.Equal(wanted.Select(value => value is null), got.Select(value => value is null));
            for (var i = 0; i < wanted.Count; i++)
            {
                if (wanted[i] is { } tensor) Assert.InRange(Fixture.RelativeError(got[i]!, tensor), 0, 1e-5);
            }
        }
    }
}
