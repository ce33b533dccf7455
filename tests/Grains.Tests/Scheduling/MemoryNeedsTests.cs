using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>What the scheduler learns of the memory that runs take.</summary>
public sealed class MemoryNeedsTests
{
    private static readonly PromptNeeds Needs = new() { Files = ["checkpoints/m.safetensors", "loras/l.safetensors"], FileBytes = 70, Shape = "s" };

    private const string Cuda = "cuda";

    private readonly FakeTimeProvider _clock = new(Samples.Start);
    private readonly KeptFigures _store = new();
    private readonly VirtualFarm _farm = new(0);
    private readonly QueuedItem _item;

    public MemoryNeedsTests()
    {
        _farm.Submit("t", "p", needs: Needs);
        _item = _farm.Queue.Tenant("t")!.Find("p").Single();
    }

    [Fact]
    public void Peak_RisesAtOnceAndFallsByATenthOfTheDifference()
    {
        var memory = KeptFigures.Needs(_clock);

        memory.Measure(_item.Shape, new RunUsage { PeakMemory = 100 }, Cuda);
        memory.Measure(_item.Shape, new RunUsage { PeakMemory = 200 }, Cuda);
        Assert.Equal(0, memory.PeakOf(_item, "cpu"));
        Assert.Equal(200, memory.PeakOf(_item, Cuda));
        memory.Measure(_item.Shape, new RunUsage { PeakMemory = 100 }, Cuda);
        Assert.Equal(190, memory.PeakOf(_item, Cuda));
        memory.Measure(_item.Shape, new RunUsage(), Cuda);
        Assert.Equal(190, memory.PeakOf(_item, Cuda));
    }

    [Fact]
    public void Estimate_WithoutAPeak_IsTheModelsSizesAndElseTheFiles()
    {
        var memory = KeptFigures.Needs(_clock);
        Assert.Equal(70, memory.EstimateOf(_item, Cuda));

        memory.Measure(_farm.Queue.Times.Of("other"), new RunUsage { Models = [new ModelSize("m.safetensors", 120)] }, Cuda);
        Assert.Equal(70, memory.EstimateOf(_item, Cuda));
        memory.Measure(_farm.Queue.Times.Of("other"), new RunUsage { Models = [new ModelSize("l.safetensors", 5)] }, Cuda);
        Assert.Equal(125, memory.EstimateOf(_item, Cuda));
        memory.Measure(_item.Shape, new RunUsage { PeakMemory = 300 }, Cuda);
        Assert.Equal(300, memory.EstimateOf(_item, Cuda));
    }

    [Fact]
    public void DeviceThatRanOut_IsLessThanWhatIsNeeded()
    {
        var memory = KeptFigures.Needs(_clock);

        memory.RanOut(_item.Shape, 500, Cuda);
        Assert.Equal(501, memory.PeakOf(_item, Cuda));
        memory.RanOut(_item.Shape, 400, Cuda);
        Assert.Equal(501, memory.PeakOf(_item, Cuda));
    }

    [Fact]
    public async Task Figures_BeyondTheLimit_AreForgottenOldestFirst()
    {
        var memory = KeptFigures.Needs(_clock, _store, new SchedulingOptions { MemoryFigures = 3 });
        for (var i = 0; i < 3; i++, _clock.Advance(TimeSpan.FromSeconds(1))) memory.Measure(_farm.Queue.Times.Of($"s{i}"), new RunUsage { PeakMemory = 1 }, Cuda);
        await memory.SaveAsync();

        memory.Measure(_farm.Queue.Times.Of("s3"), new RunUsage { PeakMemory = 1 }, Cuda);
        await memory.SaveAsync();

        Assert.Equal(["shape:cuda:s1", "shape:cuda:s2", "shape:cuda:s3"], _store.Figures.Keys.Order());
    }

    [Fact]
    public async Task Save_StoreAway_IsTriedAgain_AndNothingNewIsNotStored()
    {
        var memory = KeptFigures.Needs(_clock, _store);
        memory.Measure(_item.Shape, new RunUsage { PeakMemory = 100 }, Cuda);
        _store.IsAway = true;
        await memory.SaveAsync();
        _store.IsAway = false;

        await memory.SaveAsync();
        memory.Measure(_item.Shape, new RunUsage { PeakMemory = 100 }, Cuda);
        await memory.SaveAsync();

        Assert.Equal(1, _store.Saves);
        var again = KeptFigures.Needs(_clock, _store);
        await again.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(100, again.PeakOf(_item, Cuda));
    }

    [Fact]
    public async Task Usage_OfACompletedRun_IsStored()
    {
        await using var farm = await FarmCluster.StartAsync();
        await farm.SubmitAsync(Samples.Submission("p") with { Needs = new PromptNeeds { Shape = "s" } });
        var job = await farm.BeginAsync();
        await farm.Prompt(job.RunId).CompleteAsync(Samples.Success(job.Attempt) with { Usage = new RunUsage { PeakMemory = 1000, Models = [new ModelSize("m", 10)] } });
        var store = farm.Services.GetRequiredService<IMemoryStore>();

        await farm.LetLeasesEndAsync(new SchedulingOptions().MemoryStoreInterval, async () => (await store.LoadAsync(default)).Count == 2);

        Assert.Equal([("model::m", 10), ("shape::s", 1000)], (await store.LoadAsync(default)).Select(f => (f.Name, (int)f.Bytes)).Order());
    }
}
