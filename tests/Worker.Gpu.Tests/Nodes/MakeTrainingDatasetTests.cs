using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Images and captions as training pairs, with the small SD 1.5 model.</summary>
public sealed class MakeTrainingDatasetTests : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly object?[] _vae;
    private readonly object?[] _clip;
    private readonly object?[] _images = [zeros(1, 16, 16, 3), ones(1, 16, 24, 3)];

    public MakeTrainingDatasetTests()
    {
        var checkpoint = new CheckpointLoader(_memory, ComputePrecision.Fp32).Load(Checkpoints.PathOf("sd15-tiny"));
        (_vae, _clip) = ([checkpoint.Vae], [checkpoint.Clip]);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void Images_AreEncodedEachAsVaeEncodeDoes()
    {
        var latents = Lists(("images", _images), ("vae", _vae), ("clip", _clip))[0].Cast<Latent>().ToList();

        var alone = (Latent)new VAEEncode().Invoke(Call(("pixels", _images[1]), ("vae", _vae[0])))!.Values[0]!;
        Assert.Equal([[1, 4, 2, 2], [1, 4, 2, 3]], latents.Select(latent => latent.Samples.shape));
        Assert.True(latents[1].Samples.equal(alone.Samples).all().item<bool>());
    }

    [Theory]
    [InlineData(null, "", "")]
    [InlineData("", "", "")]
    [InlineData("a cat", "a cat", "a cat")]
    [InlineData("a cat|a dog", "a cat", "a dog")]
    public void Texts_AreOneAnImageOneForAllOrEmpty(string? texts, params string[] expected)
    {
        (string, object?)[] given = texts is null ? [] : [("texts", texts.Split('|', StringSplitOptions.RemoveEmptyEntries))];

        var conditionings = Lists([("images", _images), ("vae", _vae), ("clip", _clip), .. given])[1].Cast<Conditioning>();

        Assert.Equal(expected.Select(text => Bytes(Encoded(text))), conditionings.Select(Bytes));
    }

    [Fact]
    public void Texts_OfAnotherNumber_AreRefused() => Assert.Equal(
        "texts: 3 for 2 images; none, one or one an image are expected",
        Assert.Throws<NodeFailedException>(() => Lists(("images", _images), ("vae", _vae), ("clip", _clip), ("texts", new object?[] { "a", "b", "c" }))).Message);

    private Conditioning Encoded(string text) => (Conditioning)new CLIPTextEncode().Invoke(Call(("text", text), ("clip", _clip[0])))!.Values[0]!;

    private static byte[] Bytes(Conditioning conditioning) => conditioning.Items.Single().Context.contiguous().bytes.ToArray();

    private static IReadOnlyList<object?>[] Lists(params (string Name, object? Value)[] inputs) =>
        [.. new MakeTrainingDataset().Invoke(Call(inputs))!.Values.Cast<IReadOnlyList<object?>>()];

    private static NodeCall Call(params (string Name, object? Value)[] inputs) =>
        new(new TestNodeContext(), [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]);
}
