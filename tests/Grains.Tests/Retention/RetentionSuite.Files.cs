using Farm.Contracts.Assets;
using Farm.Grains.Assets;
using Farm.Grains.Persistence;
using Farm.Grains.Retention;
using Farm.Storage;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Tests.Retention;

/// <summary>Files and their assets.</summary>
public abstract partial class RetentionSuite
{
    [Fact]
    public async Task Files_PastTheirAge_GoWithTheirAssetsAndYoungerOnesStay()
    {
        var old = await AssetAsync(FileArea.Output, "sub/a.png");
        await WriteAsync(FileArea.Output, "plain.txt");
        await WriteAsync(FileArea.Temp, "t.png");
        await WriteAsync(FileArea.Input, "in.png");
        PassDays(11);
        await AssetAsync(FileArea.Output, "young.png");

        var run = await RunAsync();

        Assert.Equal((2, 1), (Of(run, "outputs").Count, Of(run, "temp").Count));
        Assert.Equal(["young.png"], await ThereAsync(FileArea.Output));
        Assert.Empty(await ThereAsync(FileArea.Temp));
        Assert.Equal(["in.png"], await ThereAsync(FileArea.Input)); // no asset: nobody knows when it was last used
        Assert.Null(await Get<IAssetStore>().FindAsync(Tenant, "u", old.Id));
        Assert.Equal(["young.png"], await PathsAsync());
    }

    [Fact]
    public async Task Files_OfASeries_LeaveTheLastSoThatNumbersGoOn()
    {
        foreach (var name in new[] { "a_00001_.png", "a_00002_.png", "b/a_00007_.png", "a_00003_.png" }) await WriteAsync(FileArea.Output, name);
        PassDays(11);

        Assert.Equal(2, Of(await RunAsync(), "outputs").Count);
        Assert.Equal(["a_00003_.png", "b/a_00007_.png"], await ThereAsync(FileArea.Output));
        var next = await Own.Runs.WriteNextAsync(new RunAttempt(Guid.NewGuid(), 1), new FileSeries(FileArea.Output, "", "a"), ".png", (_, _) => Task.CompletedTask);
        Assert.Equal("a_00004_.png", next.Key.Path);
    }

    [Fact]
    public async Task Files_ThatAssetsHold_Stay()
    {
        var tagged = await AssetAsync(FileArea.Output, "tagged.png");
        await Get<IAssetStore>().AddTagsAsync(Tenant, "u", tagged.Id, ["keep"]);
        var noted = await AssetAsync(FileArea.Output, "noted.png");
        await Get<IAssetStore>().UpdateAsync(Tenant, "u", noted.Id, new AssetChange(null, """{"a":1}""", null));
        var preview = await AssetAsync(FileArea.Output, "preview.png");
        await Get<IAssetStore>().UpdateAsync(Tenant, "u", noted.Id, new AssetChange(null, null, preview.Id));
        var shared = await AssetAsync(FileArea.Output, "shared.png");
        await Get<IAssetStore>().InsertAsync(Tenant, new NewAsset { User = "u", Name = "other", Hash = shared.Hash, UserMetadata = "{}", Tags = [] });
        var batch = Batch(ended: false);
        await AddAsync(db => db.Batches.Add(batch));
        await RunPromptAsync("of-batch", batch: batch.BatchId);
        await AssetAsync(FileArea.Output, "of-batch.png", jobId: "of-batch");
        await AssetAsync(FileArea.Output, "free.png");
        PassDays(11);

        var found = Of(await RunAsync(), "outputs");

        Assert.Equal((1, 5), (found.Count, found.Held));
        Assert.Equal(["noted.png", "of-batch.png", "preview.png", "shared.png", "tagged.png"], await ThereAsync(FileArea.Output));
    }

    [Fact]
    public async Task Files_ThatPromptsName_StayUntilThePromptsAreOver()
    {
        await AssetAsync(FileArea.Output, "sub/a.png");
        await AssetAsync(FileArea.Output, "set/1.png");
        await AssetAsync(FileArea.Input, "in.png");
        await AssetAsync(FileArea.Input, "unused.png");
        await WriteAsync(FileArea.Temp, "t.png");
        var prompt = await QueueAsync("p", graph: """{"1":{"class_type":"L","inputs":{"a":"sub/a.png [output]","b":["x",["t.png [temp]"]],"c":"in.png","folder":"set"}}}""");
        PassDays(11);

        var run = await RunAsync();
        Assert.Equal((0, 2, 0, 1, 1, 1), (
            Of(run, "outputs").Count, Of(run, "outputs").Held, Of(run, "temp").Count, Of(run, "temp").Held, Of(run, "assets").Count, Of(run, "assets").Held));
        Assert.Equal(["in.png"], await ThereAsync(FileArea.Input));

        await Prompts.DeleteAsync(prompt);
        run = await RunAsync();
        Assert.Equal((2, 1, 1), (Of(run, "outputs").Count, Of(run, "temp").Count, Of(run, "assets").Count));
    }

    [Fact]
    public async Task Files_WrittenSinceARunBegan_StayWhileItRuns()
    {
        await WriteAsync(FileArea.Output, "before.png");
        PassDays(1);
        await BeginAsync(await QueueAsync("p"));
        await WriteAsync(FileArea.Output, "during.png");
        PassDays(11);

        Assert.Equal((1, 1), (Of(await RunAsync(), "outputs") is var found ? found.Count : 0, found.Held));
        Assert.Equal(["during.png"], await ThereAsync(FileArea.Output));
    }

    [Fact]
    public async Task Files_WhileMorePromptsWaitThanAreSearched_AllStayAndItIsSaid()
    {
        await WriteAsync(FileArea.Temp, "t.png");
        for (var i = 0; i < 4; i++) await QueueAsync($"p{i}");
        PassDays(11);

        var found = Of(await RunAsync(), "temp");

        Assert.Equal((0, 1), (found.Count, found.Held));
        Assert.Contains("more than 3 prompts wait", found.Note, StringComparison.Ordinal);
    }

    /// <summary>A process that dies between two writes leaves a hidden asset with or without its file; either is gone after the next run.</summary>
    [Theory]
    [InlineData(FileArea.Output, "outputs")]
    [InlineData(FileArea.Input, "assets")]
    public async Task Run_AfterOneThatDiedHalfWay_LeavesNothingDangling(FileArea area, string kind)
    {
        await AssetAsync(area, "hidden.png");
        await AssetAsync(area, "gone.png");
        PassDays(11);
        await Get<IRetentionStore>().HideAsync(Tenant, area.ToString().ToLowerInvariant(), ["hidden.png", "gone.png"]);
        await Files.DeleteAsync(FileKey.Create(area, "gone.png"));

        var run = await RunAsync();

        Assert.InRange(Of(run, kind).Count, 1, 2);
        Assert.Empty(await ThereAsync(area));
        Assert.Empty(await PathsAsync());
    }

    [Fact]
    public async Task Files_OfATenant_GoByItsRulesAndWhatItsOwnPromptsName()
    {
        foreach (var tenant in new[] { "default", "counted" })
            await WriteAsync(FileArea.Temp, "t.png", tenant: tenant);
        await QueueAsync("p", "counted", graph: """{"1":{"class_type":"L","inputs":{"a":"t.png [temp]"}}}""");
        PassDays(11);

        Assert.Equal((1, 1), (Of(await RunAsync(), "temp") is var found ? found.Count : 0, found.Held));
        Assert.Empty(await ThereAsync(FileArea.Temp));
        Assert.NotNull(await Get<IFarmFiles>().Of("counted").Store.FindAsync(FileKey.Create(FileArea.Temp, "t.png")));
    }

    [Fact]
    public async Task Uploads_UsedLately_StayHoweverOldTheyAre()
    {
        var used = await AssetAsync(FileArea.Input, "used.png");
        await AssetAsync(FileArea.Input, "unused.png");
        PassDays(11);
        await Get<IAssetStore>().TouchAsync(Tenant, used.Id);

        Assert.Equal(1, Of(await RunAsync(), "assets").Count);
        Assert.Equal(["used.png"], await ThereAsync(FileArea.Input));
    }

    [Fact]
    public async Task Files_BeyondTheirCount_GoTheOldestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            await WriteAsync(FileArea.Temp, $"t{i}.png", tenant: "counted");
            await AssetAsync(FileArea.Input, $"in{i}.png", tenant: "counted");
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        var run = await RunAsync();

        Assert.Equal((3, 3), (Of(run, "temp").Count, Of(run, "assets").Count));
        Assert.Equal(["t3.png", "t4.png"], await ThereAsync(FileArea.Temp, "counted"));
        Assert.Equal(["in3.png", "in4.png"], await ThereAsync(FileArea.Input, "counted"));
    }

    private async Task<List<string?>> PathsAsync()
    {
        await using var db = await Get<IDbContextFactory<FarmDb>>().CreateDbContextAsync();
        return await db.Assets.Select(a => a.Path).ToListAsync();
    }
}
