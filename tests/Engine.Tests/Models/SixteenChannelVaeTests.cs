using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vae;
using Farm.Engine.Tests.Fixtures;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>Autoencoders of sixteen latent channels, whose files leave out quant_conv and post_quant_conv.</summary>
[Collection(nameof(Measured))]
public sealed class SixteenChannelVaeTests : IDisposable
{
    private const long Channels = 16;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(8);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void EncodeAndDecode_WithoutTheOuterConvolutions_AreAsWithOnesThatChangeNothing()
    {
        var (plain, image) = (Vae(SmallVae.Of(_random, Channels)), rand([1, 12, 20, 3], generator: _random));
        using var again = new Generator(8);
        var identical = Vae(SmallVae.Of(again, Channels).AddIdentity("quant_conv", 2 * Channels).AddIdentity("post_quant_conv", Channels));

        var latent = plain.Encode(image);

        Assert.Equal(((int)Channels, SmallVae.Downscale), (plain.LatentChannels, plain.Downscale));
        Assert.Equal([1, Channels, 6, 10], latent.shape);
        Assert.InRange(Fixture.RelativeError(identical.Encode(image), latent), 0, 1e-6);
        var picture = plain.Decode(latent);
        Assert.Equal([1, 12, 20, 3], picture.shape);
        Assert.InRange(Fixture.RelativeError(identical.Decode(latent), picture), 0, 1e-6);
    }

    /// <summary>Norms and attention see a tile alone, so tiles differ from the whole; on a picture that is alike everywhere by 8 % with these weights. A tile out of place would be off by all of it.</summary>
    [Fact]
    public void EncodeTiled_OfAnEvenPicture_IsCloseToTheWhole()
    {
        var vae = Vae(SmallVae.Of(_random, Channels));
        var image = 0.5 + 0.2 * randn([1, 128, 96, 3], generator: _random);

        var tiled = vae.EncodeTiled(image, 64, 24);

        Assert.InRange(Fixture.RelativeError(tiled, vae.Encode(image)), 1e-6, 0.1);
    }

    private VaeModel Vae(MemorySource source) => new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null).Vae(source.Dict)!;
}
