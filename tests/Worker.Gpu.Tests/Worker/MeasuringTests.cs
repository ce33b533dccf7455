using System.Security.Cryptography;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Storage;
using Farm.Worker.Gpu.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Tests.Worker;

/// <summary>What a worker tells of a run beside its result: memory, hashes of models, files that it lacks.</summary>
public sealed class MeasuringTests : IDisposable
{
    private const string File1 = "loras/a.safetensors";

    private readonly string _root = Directory.CreateTempSubdirectory("farm-measuring-").FullName;
    private readonly ServiceProvider _services;
    private readonly ActiveRuns _runs = new();

    public MeasuringTests()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Farm:Data:Root", _root)]).Build();
        _services = new ServiceCollection().AddFarmStorage(configuration).BuildServiceProvider();
        Directory.CreateDirectory(Path.Combine(_root, "models", "loras"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IFarmFiles Farm => _services.GetRequiredService<IFarmFiles>();

    private string PathOfFile => Path.Combine(_root, "models", File1);

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Hash_OfAFile_IsKnownAfterItWasRead_AndAfterTheNextStart()
    {
        await File.WriteAllTextAsync(PathOfFile, "weights", Cancel);
        using var hashes = Hashes();
        Assert.Empty(await hashes.OfAsync("default", [File1]));
        await hashes.StartAsync(Cancel);

        var expected = new ModelHash(File1, "sha256:" + Convert.ToHexStringLower(SHA256.HashData("weights"u8)));
        Assert.Equal(expected, await KnownAsync(hashes));
        await hashes.StopAsync(Cancel);

        // Nothing is read: it was not started.
        using var again = Hashes();
        Assert.Equal(expected, Assert.Single(await again.OfAsync("default", [File1, "loras/missing.safetensors", "nothing"])));
    }

    [Fact]
    public async Task Hash_OfARewrittenFile_IsReadAnew_AlsoWhileAPromptRuns()
    {
        using var hashes = Hashes();
        await hashes.StartAsync(Cancel);
        _runs.Add(new Lease(Guid.NewGuid(), 1));
        await File.WriteAllTextAsync(PathOfFile, "first", Cancel);
        var first = await KnownAsync(hashes);

        await File.WriteAllTextAsync(PathOfFile, "second", Cancel);

        Assert.Equal(("sha256:" + Convert.ToHexStringLower(SHA256.HashData("first"u8)), "sha256:" + Convert.ToHexStringLower(SHA256.HashData("second"u8))), (first.Hash, (await KnownAsync(hashes)).Hash));
        await hashes.StopAsync(Cancel);
    }

    [Fact]
    public async Task LackedFile_IsToldOnce_AndNoLongerOnceItIsThere()
    {
        var lacked = new LackedFiles(Farm);
        var prompt = Prompt(File1);

        Assert.Equal(File1, await lacked.FindNewAsync(prompt));
        Assert.Null(await lacked.FindNewAsync(prompt));
        Assert.Equal([File1], await lacked.NowAsync());
        await File.WriteAllTextAsync(PathOfFile, "weights", Cancel);
        Assert.Empty(await lacked.NowAsync());
        Assert.Null(await lacked.FindNewAsync(prompt));
    }

    [Fact]
    public async Task Peak_OfARunThatUsedANetworkAlone_IsMeasured_AndNoOther()
    {
        using var memory = new ModelMemory(CPU);
        var clip = new CheckpointLoader(memory, ComputePrecision.Fp32).Load(Checkpoints.PathOf("sd15-tiny")).Clip!;
        using var hashes = Hashes();
        var meter = new RunMeter(memory, hashes, Options.Create(new WorkerOptions()), TimeProvider.System);

        var idle = await meter.EndAsync(meter.Begin(Prompt()));
        var alone = meter.Begin(Prompt());
        Encode(clip);
        var measured = await meter.EndAsync(alone);
        var (one, other) = (meter.Begin(Prompt()), meter.Begin(Prompt()));
        Encode(clip);

        Assert.Equal(0, idle.Usage.PeakMemory);
        Assert.InRange(measured.Usage.PeakMemory, 1, long.MaxValue);
        Assert.Equal(("sd15-tiny.safetensors", memory.ResidentBytes), Assert.Single(measured.Usage.Models) is var size ? (size.File, size.Bytes) : default);
        Assert.Equal((0, 0), ((await meter.EndAsync(one)).Usage.PeakMemory, (await meter.EndAsync(other)).Usage.PeakMemory));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task LookAhead_OfACheckpoint_LoadsItsNetwork_UnlessAnAdapterChangesIt(bool alone, int networks)
    {
        await using var silo = await WorkerSilo.StartAsync();
        Directory.CreateDirectory(Path.Combine(silo.Folder, "models", "checkpoints"));
        File.Copy(Checkpoints.PathOf("sd15-tiny"), Path.Combine(silo.Folder, "models", "checkpoints", "m.safetensors"));

        await silo.Services.GetRequiredService<LookAhead>().WarmAsync(["checkpoints/m.safetensors", "checkpoints/missing.safetensors", .. alone ? Array.Empty<string>() : [File1]], Cancel);

        Assert.Equal(networks, silo.Services.GetRequiredService<ModelMemory>().Residents.Count);
    }

    [Fact]
    public void Sizes_OfVersionsOfANetwork_CountTheLargest() => Assert.Equal(
        [new ModelSize("a b.safetensors", 15), new ModelSize("c.safetensors", 3)],
        RunMeter.Sizes([new("a b.safetensors unet", 8, true), new("a b.safetensors unet", 10, false), new("a b.safetensors vae", 5, false), new("c.safetensors vae", 3, false)]));

    [Fact]
    public async Task Prompt_WithAFileThatNobodyHas_IsGivenBackOnce_AndThenRun()
    {
        await using var silo = await WorkerSilo.StartAsync();
        await silo.SubmitAsync("a", "2:T(v=1)", "2", new PromptNeeds { Files = ["checkpoints/gone.safetensors"] });

        Assert.Equal(RunOutcome.Success, (await silo.EndAsync("a")).Outcome);
        var entry = Assert.Single(await silo.Grains.GetGrain<ILedgerGrain>(ILedgerGrain.Key).FindAsync("a", null));
        Assert.Equal(["its worker does not have the model file checkpoints/gone.safetensors", "completed"], entry.Attempts.Select(attempt => attempt.End));
    }

    private static void Encode(Farm.Engine.Text.ITextEncoder clip)
    {
        using var mode = TorchRuntime.Inference();
        using var scope = NewDisposeScope();
        clip.Encode("a");
    }

    private static PromptSubmission Prompt(params string[] files) => new()
    {
        Tenant = "default", User = "default", PromptId = "p", Number = 0, Prompt = "{}", ExtraData = "{}", Targets = [], ClassTypes = [], CreatedAt = DateTimeOffset.UnixEpoch,
        Needs = new PromptNeeds { Files = [.. files] },
    };

    private static async Task<ModelHash> KnownAsync(ModelHashes hashes)
    {
        while (true)
        {
            if (await hashes.OfAsync("default", [File1]) is [var known]) return known;
        }
    }

    private ModelHashes Hashes() => new(
        Farm, new HashNotes(_services.GetRequiredService<DataFolders>(), NullLogger<HashNotes>.Instance), _runs, Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<ModelHashes>.Instance);
}
