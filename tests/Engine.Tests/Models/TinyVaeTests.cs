using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vae;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>Approximations of autoencoders in TAESD's numbering, with random weights and few channels.</summary>
[Collection(nameof(Measured))]
public sealed class TinyVaeTests : IDisposable
{
    private const long Width = 8;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(6);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void Decode_FollowsThePublishedNetwork()
    {
        var decoder = Decoder();
        var latent = randn([1, 4, 3, 5], generator: _random);

        var picture = Open(decoder).Decode(latent);

        var h = (latent * 0.18215 / 3).tanh() * 3;
        h = Conv(decoder, "1", h).relu();
        foreach (var i in (int[])[3, 7, 12, 17, 19])
            h = i == 3 ? Block(decoder, i, h) : i == 19 ? Conv(decoder, "19", h) : Conv(decoder, $"{i}", nn.functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
        Assert.Equal([1L, 24, 40, 3], picture.shape);
        Assert.InRange(Fixture.RelativeError(picture, h.clamp(0, 1).permute(0, 2, 3, 1)), 0, 1e-5);
    }

    [Fact]
    public void Encode_GivesLatentsInTheScaleOfTheLargeVae()
    {
        var encoder = Encoder();
        var pixels = rand([1, 16, 24, 3], generator: _random);

        var latent = Open(Decoder(), encoder).Encode(pixels);

        var h = Conv(encoder, "0", pixels.permute(0, 3, 1, 2));
        foreach (var name in (string[])["2", "6", "10"]) h = nn.functional.conv2d(h, encoder.Open(name + ".weight"), strides: [2, 2], padding: [1, 1]);
        h = Conv(encoder, "14", h);
        Assert.Equal([1L, 4, 2, 3], latent.shape);
        Assert.InRange(Fixture.RelativeError(latent, h / 0.18215), 0, 1e-5);
    }

    [Fact]
    public void Names_AreThoseOfTheLatentSpaces()
    {
        Assert.Equal("taesdxl", TinyAutoencoders.NameFor(LatentFormats.SDXL));
        Assert.Null(TinyAutoencoders.NameFor(LatentFormats.Playground25));
        Assert.All(TinyAutoencoders.Names, name => Assert.Equal(name, TinyAutoencoders.NameFor(TinyAutoencoders.FormatOf(name)!)));
    }

    private VaeModel Open(StateDict decoder, StateDict? encoder = null) =>
        new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null).TinyVae(encoder ?? Encoder(), decoder, LatentFormats.SD15);

    private StateDict Decoder()
    {
        var source = new MemorySource().Add("1.weight", _random, Width, 4, 3, 3).Add("1.bias", _random, Width);
        foreach (var i in (int[])[0, 2, 4]) source.Add($"3.conv.{i}.weight", _random, Width, Width, 3, 3).Add($"3.conv.{i}.bias", _random, Width);
        foreach (var i in (int[])[7, 12, 17]) source.Add($"{i}.weight", _random, Width, Width, 3, 3);
        return source.Add("19.weight", _random, 3, Width, 3, 3).Add("19.bias", _random, 3).Dict;
    }

    private StateDict Encoder()
    {
        var source = new MemorySource().Add("0.weight", _random, Width, 3, 3, 3).Add("0.bias", _random, Width);
        foreach (var i in (int[])[2, 6, 10]) source.Add($"{i}.weight", _random, Width, Width, 3, 3);
        return source.Add("14.weight", _random, 4, Width, 3, 3).Add("14.bias", _random, 4).Dict;
    }

    private static Tensor Conv(StateDict dict, string name, Tensor x) =>
        nn.functional.conv2d(x, dict.Open(name + ".weight"), dict.Contains(name + ".bias") ? dict.Open(name + ".bias") : null, padding: [1, 1]);

    private static Tensor Block(StateDict dict, int i, Tensor x) =>
        (Conv(dict, $"{i}.conv.4", Conv(dict, $"{i}.conv.2", Conv(dict, $"{i}.conv.0", x).relu()).relu()) + x).relu();
}
