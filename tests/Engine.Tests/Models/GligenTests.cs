using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Gligen;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>Texts in boxes in a whole run.</summary>
[Collection(nameof(Measured))]
public sealed class GligenTests(SmallModel small) : IClassFixture<SmallModel>, IDisposable
{
    private const string Block = "input_blocks.1.1.transformer_blocks.0.fuser.";
    private const long Width = 320;
    private const long ObjectWidth = 768;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(4);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void Sample_WithGatesClosed_IsTheRunWithoutBoxes() => Assert.InRange(Fixture.RelativeError(Sample(Gligen(gate: 0), 0), Sample(null, 0)), 0, 1e-6);

    [Fact]
    public void Sample_WithGatesOpen_FollowsTheBox()
    {
        var gligen = Gligen(gate: 1);

        var (without, left, right) = (Sample(null, 0), Sample(gligen, 0), Sample(gligen, 4));

        Assert.InRange(Fixture.RelativeError(left, without), 1e-3, 10);
        Assert.InRange(Fixture.RelativeError(right, left), 1e-5, 10);
    }

    private Tensor Sample(Gligen? gligen, long x)
    {
        var change = gligen?.With([new GroundedText(ones(1, ObjectWidth), 4, 4, 0, x)]);
        return KSampler.Sample(
            small,
            new KSamplerSettings(1, 1, 2, "euler", "karras"),
            [.. small.Positive.Select(entry => entry with { PassChange = change })],
            [.. small.Negative.Select(entry => entry with { PassChange = change })],
            new LatentImage(zeros(1, 4, 8, 8)));
    }

    private Gligen Gligen(float gate)
    {
        var source = new MemorySource()
            .Linear("position_net.linears.0", _random, 512, ObjectWidth + 64).Linear("position_net.linears.2", _random, 512, 512).Linear("position_net.linears.4", _random, ObjectWidth, 512)
            .Add("position_net.null_positive_feature", _random, ObjectWidth).Add("position_net.null_position_feature", _random, 64)
            .Linear(Block + "linear", _random, Width, ObjectWidth).Norm(Block + "norm1", Width).Norm(Block + "norm2", Width)
            .Linear(Block + "ff.net.0.proj", _random, 8 * Width, Width).Linear(Block + "ff.net.2", _random, Width, 4 * Width).Linear(Block + "attn.to_out.0", _random, Width, Width)
            .Add(Block + "alpha_attn", tensor(gate)).Add(Block + "alpha_dense", tensor(gate));
        foreach (var name in (string[])["to_q", "to_k", "to_v"]) source.Add($"{Block}attn.{name}.weight", _random, Width, Width);
        return new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null).Gligen(source.Dict)!;
    }
}
