using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using Farm.TestSupport;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

/// <summary>Networks larger than the budget for models: their blocks come in from the file for each pass.</summary>
[Collection(nameof(Measured))]
public sealed class StreamingTests : IDisposable
{
    private const long Small = 64 << 20;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _mode = TorchRuntime.Inference();
    private readonly Generator _random = new(2);

    public void Dispose()
    {
        _random.Dispose();
        _mode.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Small)]
    public void Predict_NetworkOverTheBudget_EqualsTheWholeOne(long budget)
    {
        using ModelMemory whole = new(CPU), streamed = new(CPU, budget);
        var expected = Predict(Load(whole).Model.With(new Doubled()));
        var model = Load(streamed).Model.With(new Doubled());
        var before = LiveTensors.Count();

        var actual = Predict(model);

        Assert.Equal(budget, streamed.ResidentBytes);
        streamed.UnloadAll();
        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.True(Fixture.Same(actual, expected));
    }

    [Fact]
    public void Predict_NetworkOverTheBudget_HoldsLessThanTwoThirdsOfIt()
    {
        using ModelMemory memory = new(CPU, budgetBytes: 1);
        var model = Load(memory).Model;
        var weights = model.Part.Stored.BytesAt(sizeof(float));

        // The process's memory is looked at from outside: what the heap happens to keep of other tests is not in every round.
        // The largest block alone is nearly half of the weights, and a convolution's workspace comes on top.
        var rounds = Enumerable.Range(0, 3).Select(_ => Taken()).ToArray();

        Assert.InRange(rounds.Min(), 1, weights * 2 / 3);

        long Taken()
        {
            memory.UnloadAll();
            var before = PeakMemory.Current;
            using var peak = new PeakMemory();
            Predict(model).Dispose();
            return peak.Bytes - before;
        }
    }

    [Fact]
    public void EncodeAndDecode_OverTheBudget_EqualTheWholeOnes()
    {
        using ModelMemory whole = new(CPU), streamed = new(CPU, budgetBytes: 1);
        var (expected, actual) = (Load(whole), Load(streamed));
        var latent = randn([1, 4, 8, 8], generator: _random);

        using var text = actual.Clip!.Encode("a cat");
        using var expectedText = expected.Clip!.Encode("a cat");

        Assert.True(Fixture.Same(text.Cond, expectedText.Cond));
        Assert.True(Fixture.Same(actual.Vae!.Decode(latent), expected.Vae!.Decode(latent)));
    }

    [Fact]
    public void UnloadAll_GivesTheMemoryBack()
    {
        using ModelMemory memory = new(CPU);
        var model = Load(memory).Model;
        var weights = model.Part.Stored.BytesAt(sizeof(float));
        Predict(model).Dispose();
        var loaded = PeakMemory.Current;

        memory.UnloadAll();

        Assert.InRange(loaded - PeakMemory.Current, weights * 9 / 10, long.MaxValue);
        Assert.Empty(memory.Residents);
    }

    private static LoadedCheckpoint Load(ModelMemory memory) => new CheckpointLoader(memory).Load(GeneratedFiles.PathOf("sd15-tiny"));

    private static Tensor Predict(DiffusionModel model)
    {
        using var random = new Generator(4);
        using var x = randn([1, 4, 8, 8], generator: random);
        using var context = randn([1, 77, 768], generator: random);
        using var timesteps = full([1], 500f);
        return model.Predict(x, timesteps, new ModelInputs(context, Y: null));
    }

    /// <summary>A change that both ways of loading are to make.</summary>
    private sealed class Doubled : IWeightPatch
    {
        public string Identity => nameof(Doubled);

        public bool Covers(string name) => name.EndsWith("to_q.weight", StringComparison.Ordinal);

        public Tensor Apply(string name, Tensor weight) => weight * 2;
    }
}
