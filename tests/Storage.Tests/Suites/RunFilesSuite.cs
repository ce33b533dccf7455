using System.Globalization;
using Xunit;

namespace Farm.Storage.Tests.Suites;

/// <summary>What numbered files of runs do in every store.</summary>
public abstract class RunFilesSuite
{
    protected static readonly FileSeries Images = new(FileArea.Output, "", "ComfyUI");

    /// <summary>An empty store.</summary>
    protected abstract Task<StorageFixture> CreateAsync();

    /// <summary>How many files the tests of many writers write.</summary>
    protected abstract int Many { get; }

    protected static RunAttempt Attempt(int number = 1) => new(Guid.NewGuid(), number);

    protected static async Task<string> WriteAsync(IRunFiles runs, RunAttempt attempt, FileSeries? series = null, string suffix = ".png", string text = "x") =>
        (await runs.WriteNextAsync(attempt, series ?? Images, suffix, StorageFixture.Text(text))).Key.Path;

    [Fact]
    public async Task WriteNext_EmptyFolder_StartsAtOneAndCountsOn()
    {
        await using var store = await CreateAsync();
        Assert.Equal("ComfyUI_00001_.png", await WriteAsync(store.Runs, Attempt()));
        Assert.Equal("ComfyUI_00002_.png", await WriteAsync(store.Runs, Attempt()));
        Assert.Equal("sub/ComfyUI_00001_.png", await WriteAsync(store.Runs, Attempt(), Images with { Folder = "sub" }));
        Assert.Equal("ComfyUI_00003_.webp", await WriteAsync(store.Runs, Attempt(), suffix: ".webp"));
        Assert.Equal("sub/ComfyUI_00002_.png", await WriteAsync(store.Runs, Attempt(), Images with { Folder = "sub/" }));
    }

    [Fact]
    public async Task WriteNext_LowestNumber_IsTakenUnlessTheSeriesIsBeyondIt()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Output, "b_00007_.png");
        Assert.Equal("a_00003_.png", await WriteFromAsync("a", 3));
        Assert.Equal("a_00004_.png", await WriteFromAsync("a", 3));
        Assert.Equal("b_00008_.png", await WriteFromAsync("b", 3));

        async Task<string> WriteFromAsync(string prefix, long lowest) => (await store.Runs.WriteNextAsync(
            Attempt(), Images with { Prefix = prefix }, ".png", StorageFixture.Text("x"), lowest)).Key.Path;
    }

    [Fact]
    public async Task WriteNew_NameThatIsTaken_ChangesNothingAndTakesNone()
    {
        await using var store = await CreateAsync();
        var attempt = Attempt();
        var key = FileKey.Create(FileArea.Output, "set/a.txt");
        Assert.Equal(key.Path, (await store.Runs.WriteNewAsync(attempt, key, StorageFixture.Text("first")))?.Key.Path);
        Assert.Null(await store.Runs.WriteNewAsync(Attempt(), key, StorageFixture.Text("second")));
        Assert.Equal("first", await store.ReadAsync(FileArea.Output, "set/a.txt"));
        await store.Runs.DiscardAsync(attempt);
        Assert.Null(await store.Files.FindAsync(key));
    }

    [Theory]
    [InlineData("ComfyUI_00041_.png", 42)]
    [InlineData("ComfyUI_7_x_y.txt", 8)]
    [InlineData("ComfyUI_123456_.png", 123457)]
    [InlineData("ComfyUI_00041.png", 1)]
    [InlineData("ComfyUIx_00041_.png", 1)]
    [InlineData("comfyui_00041_.png", 1)]
    [InlineData("ComfyUI_abc_.png", 1)]
    [InlineData("ComfyUI_-4_.png", 1)]
    public async Task WriteNext_FilesThatStandThere_CountsOneAboveTheHighestOfTheSeries(string existing, int next)
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Output, existing);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"ComfyUI_{next:D5}_.png"), await WriteAsync(store.Runs, Attempt()));
    }

    [Fact]
    public async Task WriteNext_TwoStoresAndManyThreads_NeverDrawOneNumberTwice()
    {
        await using var store = await CreateAsync();
        await using var other = await store.AnotherAsync();
        var names = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() =>
            WriteAsync(i % 2 == 0 ? store.Runs : other.Runs, Attempt(), suffix: i % 3 == 0 ? ".webp" : ".png", text: $"{i}"))));
        Assert.Equal(Enumerable.Range(1, Many), names.Select(name => int.Parse(name.Split('_')[1], CultureInfo.InvariantCulture)).Order());
        Assert.Equal(Many, (await store.PathsAsync(FileArea.Output)).Count);
        for (var i = 0; i < Many; i++)
            Assert.Equal($"{i}", await store.ReadAsync(FileArea.Output, names[i]));
    }

    [Fact]
    public async Task WriteNext_SeveralProcesses_NeverDrawOneNumberTwice()
    {
        await using var store = await CreateAsync();
        var files = Many / 5;
        var writers = Enumerable.Range(0, 4).Select(_ => WriterProcess.Start(store, files)).ToList();
        foreach (var writer in writers)
        {
            await writer.WaitForExitAsync();
            Assert.Equal(0, writer.ExitCode);
            writer.Dispose();
        }
        var numbers = (await store.PathsAsync(FileArea.Output)).Select(name => int.Parse(name.Split('_')[1], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 4 * files), numbers.Order());
    }

    [Fact]
    public async Task WriteNext_ProcessKilledInTheMiddle_LeavesOnlyWholeFilesThatARetryWritesAgain()
    {
        await using var store = await CreateAsync();
        var run = Attempt();
        using var writer = WriterProcess.Start(store, files: 100_000, run.RunId);
        // The writer says so after each file; after some of them it is killed wherever it stands.
        for (var i = 0; i < 20; i++)
            Assert.NotNull(await writer.StandardOutput.ReadLineAsync());
        writer.Kill();
        await writer.WaitForExitAsync();
        var left = await store.Files.ListAsync(FileArea.Output, "", recursive: true).ToListAsync();
        Assert.All(left, file => Assert.Equal(WriterProcess.FileSize, file.Size));
        Assert.True(left.Count >= 20);

        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        Assert.Empty(await store.PathsAsync(FileArea.Output));
        var again = await WriteAsync(store.Runs, run with { Attempt = 2 });
        Assert.Matches("^ComfyUI_000(01|2[0-9])_.png$", again);
    }

    [Fact]
    public async Task DiscardEarlier_OtherRunsAndTheAttemptItself_Stay()
    {
        await using var store = await CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        await WriteAsync(store.Runs, Attempt());
        await WriteAsync(store.Runs, run with { Attempt = 2 });
        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        Assert.Equal(["ComfyUI_00002_.png", "ComfyUI_00003_.png"], await store.PathsAsync(FileArea.Output));
    }

    [Fact]
    public async Task Discard_Files_AreGoneAndTheirNumbersAreDrawnAgain()
    {
        await using var store = await CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        await WriteAsync(store.Runs, run, Images with { Area = FileArea.Temp });
        await store.Runs.DiscardAsync(run);
        Assert.Empty(await store.PathsAsync(FileArea.Output));
        Assert.Empty(await store.PathsAsync(FileArea.Temp));
        Assert.Equal("ComfyUI_00001_.png", await WriteAsync(store.Runs, Attempt()));
    }

    [Fact]
    public async Task Discard_NameThatMeanwhileBelongsToAnotherFile_StaysUntouched()
    {
        await using var store = await CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        await store.Files.DeleteAsync(FileKey.Create(FileArea.Output, "ComfyUI_00001_.png"));
        await store.StoreAsync(FileArea.Output, "ComfyUI_00001_.png", "a user's own");
        await store.Runs.DiscardAsync(run);
        Assert.Equal("a user's own", await store.ReadAsync(FileArea.Output, "ComfyUI_00001_.png"));
    }

    [Fact]
    public async Task Keep_ThenDiscard_KeepsTheFile()
    {
        await using var store = await CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        await store.Runs.KeepAsync(run);
        await store.Runs.DiscardAsync(run);
        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        Assert.Equal(["ComfyUI_00001_.png"], await store.PathsAsync(FileArea.Output));
    }

    [Fact]
    public async Task Keep_EarlierAttemptWroteOnAfterItWasThoughtDead_RemovesWhatItWrote()
    {
        await using var store = await CreateAsync();
        var run = Attempt();
        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        await WriteAsync(store.Runs, run, text: "zombie");
        await WriteAsync(store.Runs, run with { Attempt = 2 }, text: "second");
        await store.Runs.KeepAsync(run with { Attempt = 2 });
        Assert.Equal("second", await store.ReadAsync(FileArea.Output, Assert.Single(await store.PathsAsync(FileArea.Output))));
    }

    [Theory]
    [InlineData("..", "x", ".png")]
    [InlineData("", "../x", ".png")]
    [InlineData("", "x", "/../../x.png")]
    [InlineData("", "a/b", ".png")]
    [InlineData("", "a\nb", ".png")]
    public async Task WriteNext_UnsafeName_IsRefusedBeforeAnythingIsWritten(string folder, string prefix, string suffix)
    {
        await using var store = await CreateAsync();
        await Assert.ThrowsAsync<UnsafeFileNameException>(() => WriteAsync(store.Runs, Attempt(), new FileSeries(FileArea.Output, folder, prefix), suffix));
        Assert.Empty(await store.PathsAsync(FileArea.Output));
    }
}
