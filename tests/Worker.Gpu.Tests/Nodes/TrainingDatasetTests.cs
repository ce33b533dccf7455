using System.Collections.Immutable;
using Farm.Nodes;
using Farm.Storage;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Encoded training pairs in shards, over the farm's own storage.</summary>
public sealed class TrainingDatasetTests : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("farm-training-").FullName;
    private readonly ServiceProvider _services;
    private readonly TestNodeContext _context;

    public TrainingDatasetTests()
    {
        var settings = new Dictionary<string, string?> { ["Farm:Data:Root"] = _root };
        _services = new ServiceCollection().AddLogging()
            .AddFarmStorage(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton(new NodeLimitOptions()).AddSingleton(new ResultFormat([new TensorCodec(), new ConditioningCodec()]))
            .BuildServiceProvider();
        _context = new TestNodeContext
        {
            Services = _services,
            Files = new AttemptFiles(new RunAttempt(Guid.NewGuid(), 1), _services.GetRequiredService<IFarmFiles>().Of(TenantName.Default)),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void SavedPairs_OverSeveralShards_ComeBackBitEqualAndInOrder()
    {
        using var scope = NewDisposeScope();
        var latents = Enumerable.Range(0, 3).Select(i => new Latent(arange(8, ScalarType.Float32).reshape(1, 2, 2, 2).div(7) + i)
        {
            NoiseMask = i == 1 ? ones(1, 2, 2) : null,
            BatchIndex = i == 2 ? [4L] : null,
            More = ImmutableDictionary<string, object?>.Empty.Add("type", "audio"),
        }).ToArray();

        Save(latents, [.. Enumerable.Range(0, 3).Select(i => Conditioning(i))], shardSize: 2);
        var (loaded, conditionings) = Load();

        Assert.Equal(["shard_00001.pairs", "shard_00002.pairs"], Shards().Select(Path.GetFileName));
        Assert.Equal(latents.Select(latent => latent.Samples.bytes.ToArray()), loaded.Select(latent => latent.Samples.bytes.ToArray()));
        Assert.Equal([false, true, false], loaded.Select(latent => latent.NoiseMask is not null));
        Assert.Equal(4, Assert.Single(loaded[2].BatchIndex!.Value));
        Assert.All(loaded, latent => Assert.Equal("audio", latent.More["type"]));
        Assert.Equal([0f, 1, 2], conditionings.Select(conditioning => conditioning.Items.Single().Context[0, 0, 0].item<float>()));
        Assert.Equal([0L, 1L, 2L], conditionings.Select(conditioning => conditioning.Items.Single().Options["place"]));
    }

    [Fact]
    public void EntriesOfABucket_AreSavedAsOneConditioning()
    {
        using var scope = NewDisposeScope();
        var entries = new object?[] { Conditioning(5).Items.Single(), Conditioning(6).Items.Single() };

        Save([new Latent(zeros(2, 4, 1, 1))], [entries]);

        Assert.Equal([5L, 6L], Assert.Single(Load().Conditionings).Items.Select(item => item.Options["place"]));
    }

    [Fact]
    public void FolderWithShards_IsAddedTo()
    {
        using var scope = NewDisposeScope();
        Save([new Latent(zeros(1, 1, 1, 1))], [Conditioning(0)]);
        Save([new Latent(ones(1, 1, 1, 1))], [Conditioning(1)]);

        Assert.Equal([0L, 1L], Load().Conditionings.Select(conditioning => conditioning.Items.Single().Options["place"]));
    }

    [Theory]
    [InlineData("../x", "folder_name: '../x' is not the name of a folder inside the output folder")]
    [InlineData("none", "folder_name: there is no shard of training pairs in 'none'")]
    public void LoadTrainingDataset_FolderWithoutShards_SaysSo(string folder, string message) =>
        Assert.Equal(message, Assert.Throws<NodeFailedException>(() => Load(folder)).Message);

    [Fact]
    public void SaveTrainingDataset_ValueThatNoFileHolds_IsRefused()
    {
        using var scope = NewDisposeScope();
        var conditioning = Conditioning(0).With(("control", new object()));

        Assert.StartsWith("conditioning: ", Assert.Throws<NodeFailedException>(() => Save([new Latent(zeros(1, 1, 1, 1))], [conditioning])).Message, StringComparison.Ordinal);
        Assert.StartsWith("conditioning: 1 for 2", Assert.Throws<NodeFailedException>(() => Save([new Latent(zeros(1)), new Latent(zeros(1))], [conditioning])).Message, StringComparison.Ordinal);
        Assert.Empty(Shards());
    }

    [Theory]
    [InlineData(1, "it ends in the middle of a record")]
    [InlineData(0, "the checksum is wrong")]
    public void LoadTrainingDataset_DamagedShard_IsNamed(int cut, string reason)
    {
        using var scope = NewDisposeScope();
        Save([new Latent(zeros(1, 1, 1, 1))], [Conditioning(0)]);
        var path = Shards().Single();
        var bytes = File.ReadAllBytes(path);
        bytes[^2] ^= 1;
        File.WriteAllBytes(path, bytes[..^cut]);

        Assert.Equal($"folder_name: the shard 'set/shard_00001.pairs' is damaged: {reason}", Assert.Throws<NodeFailedException>(() => Load()).Message);
    }

    private static Conditioning Conditioning(int place) =>
        new([new ConditioningItem(full([1, 2, 3], (float)place), ImmutableDictionary<string, object?>.Empty.Add("place", (long)place))]);

    private string[] Shards() => Directory.Exists(Path.Combine(_root, "output", "set")) ? [.. Directory.EnumerateFiles(Path.Combine(_root, "output", "set")).Order(StringComparer.Ordinal)] : [];

    private void Save(Latent[] latents, object?[] conditionings, long shardSize = 1000) => new SaveTrainingDataset().Invoke(new NodeCall(
        _context, ["latents", "conditioning", "folder_name", "shard_size"], [latents.Cast<object?>().ToArray(), conditionings, new object?[] { "set" }, new object?[] { shardSize }]));

    private (Latent[] Latents, Conditioning[] Conditionings) Load(string folder = "set")
    {
        var result = new LoadTrainingDataset().Invoke(new NodeCall(_context, ["folder_name"], [folder]))!;
        return ([.. ((IReadOnlyList<object?>)result.Values[0]!).Cast<Latent>()], [.. ((IReadOnlyList<object?>)result.Values[1]!).Cast<Conditioning>()]);
    }
}
