using System.Globalization;
using Xunit;

namespace Farm.Storage.Tests.Local;

public sealed class LocalRunFilesTests
{
    private static readonly FileSeries Images = new(FileArea.Output, "", "ComfyUI");

    private static RunAttempt Attempt(int number = 1) => new(Guid.NewGuid(), number);

    private static async Task<string> WriteAsync(IRunFiles runs, RunAttempt attempt, FileSeries? series = null, string suffix = ".png", string text = "x") =>
        (await runs.WriteNextAsync(attempt, series ?? Images, suffix, StorageFixture.Text(text))).Key.Path;

    private static string[] Outputs(StorageFixture store) =>
        [.. Directory.EnumerateFiles(store.Folders.Of(FileArea.Output)).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    [Fact]
    public async Task WriteNext_EmptyFolder_StartsAtOneAndCountsOn()
    {
        await using var store = await StorageFixture.CreateAsync();
        Assert.Equal("ComfyUI_00001_.png", await WriteAsync(store.Runs, Attempt()));
        Assert.Equal("ComfyUI_00002_.png", await WriteAsync(store.Runs, Attempt()));
        Assert.Equal("sub/ComfyUI_00001_.png", await WriteAsync(store.Runs, Attempt(), Images with { Folder = "sub" }));
        Assert.Equal("ComfyUI_00003_.webp", await WriteAsync(store.Runs, Attempt(), suffix: ".webp"));
    }

    [Fact]
    public async Task WriteNext_LowestNumber_IsTakenUnlessTheSeriesIsBeyondIt()
    {
        await using var store = await StorageFixture.CreateAsync();
        store.Put(FileArea.Output, "b_00007_.png");
        Assert.Equal("a_00003_.png", await WriteFromAsync("a", 3));
        Assert.Equal("a_00004_.png", await WriteFromAsync("a", 3));
        Assert.Equal("b_00008_.png", await WriteFromAsync("b", 3));

        async Task<string> WriteFromAsync(string prefix, long lowest) => (await store.Runs.WriteNextAsync(
            Attempt(), Images with { Prefix = prefix }, ".png", StorageFixture.Text("x"), lowest)).Key.Path;
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
        await using var store = await StorageFixture.CreateAsync();
        store.Put(FileArea.Output, existing);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"ComfyUI_{next:D5}_.png"), await WriteAsync(store.Runs, Attempt()));
    }

    [Fact]
    public async Task WriteNext_FileAddedOrRemovedByHandBetween_IsSeen()
    {
        await using var store = await StorageFixture.CreateAsync();
        await WriteAsync(store.Runs, Attempt());
        store.Put(FileArea.Output, "ComfyUI_00009_.png");
        Directory.SetLastWriteTimeUtc(store.Folders.Of(FileArea.Output), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal("ComfyUI_00010_.png", await WriteAsync(store.Runs, Attempt()));
        File.Delete(store.PathOf(FileArea.Output, "ComfyUI_00010_.png"));
        Directory.SetLastWriteTimeUtc(store.Folders.Of(FileArea.Output), new DateTime(2030, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal("ComfyUI_00010_.png", await WriteAsync(store.Runs, Attempt()));
    }

    [Fact]
    public async Task WriteNext_TwoStoresAndManyThreads_NeverDrawOneNumberTwice()
    {
        await using var store = await StorageFixture.CreateAsync();
        await using var other = await store.AnotherAsync();
        var names = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() =>
            WriteAsync(i % 2 == 0 ? store.Runs : other.Runs, Attempt(), suffix: i % 3 == 0 ? ".webp" : ".png", text: $"{i}"))));
        Assert.Equal(Enumerable.Range(1, 200), names.Select(name => int.Parse(name.Split('_')[1], CultureInfo.InvariantCulture)).Order());
        Assert.Equal(200, Outputs(store).Length);
    }

    [Fact]
    public async Task WriteNext_SeveralProcesses_NeverDrawOneNumberTwice()
    {
        await using var store = await StorageFixture.CreateAsync();
        var writers = Enumerable.Range(0, 4).Select(_ => WriterProcess.Start(store.Folders.Root, files: 40)).ToList();
        foreach (var writer in writers)
        {
            await writer.WaitForExitAsync();
            Assert.Equal(0, writer.ExitCode);
            writer.Dispose();
        }
        var numbers = Outputs(store).Select(name => int.Parse(name.Split('_')[1], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(1, 160), numbers.Order());
    }

    [Fact]
    public async Task WriteNext_ProcessKilledInTheMiddle_LeavesOnlyWholeFilesThatARetryWritesAgain()
    {
        await using var store = await StorageFixture.CreateAsync();
        var run = Attempt();
        using var writer = WriterProcess.Start(store.Folders.Root, files: 100_000, run.RunId);
        // The writer says so after each file; after some of them it is killed wherever it stands.
        for (var i = 0; i < 20; i++)
            Assert.NotNull(await writer.StandardOutput.ReadLineAsync());
        writer.Kill();
        await writer.WaitForExitAsync();
        Assert.All(Outputs(store), name => Assert.Equal(WriterProcess.FileSize, new FileInfo(store.PathOf(FileArea.Output, name)).Length));
        Assert.True(Outputs(store).Length >= 20);

        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        Assert.Empty(Directory.EnumerateFiles(store.Folders.Of(FileArea.Output), "*", SearchOption.AllDirectories));
        Assert.Equal("ComfyUI_00001_.png", await WriteAsync(store.Runs, run with { Attempt = 2 }));
    }

    [Fact]
    public async Task DiscardEarlier_OtherRunsAndTheAttemptItself_Stay()
    {
        await using var store = await StorageFixture.CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        await WriteAsync(store.Runs, Attempt());
        await WriteAsync(store.Runs, run with { Attempt = 2 });
        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        Assert.Equal(["ComfyUI_00002_.png", "ComfyUI_00003_.png"], Outputs(store));
    }

    [Fact]
    public async Task Discard_NameThatMeanwhileBelongsToAnotherFile_StaysUntouched()
    {
        await using var store = await StorageFixture.CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        var path = store.PathOf(FileArea.Output, "ComfyUI_00001_.png");
        File.Move(path, path + ".kept");
        store.Put(FileArea.Output, "ComfyUI_00001_.png", "a user's own");
        await store.Runs.DiscardAsync(run);
        Assert.Equal("a user's own", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Keep_ThenDiscard_KeepsTheFile()
    {
        await using var store = await StorageFixture.CreateAsync();
        var run = Attempt();
        await WriteAsync(store.Runs, run);
        await store.Runs.KeepAsync(run);
        await store.Runs.DiscardAsync(run);
        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        Assert.Equal(["ComfyUI_00001_.png"], Outputs(store));
    }

    [Fact]
    public async Task Keep_EarlierAttemptWroteOnAfterItWasThoughtDead_RemovesWhatItWrote()
    {
        await using var store = await StorageFixture.CreateAsync();
        var run = Attempt();
        await store.Runs.DiscardEarlierAsync(run with { Attempt = 2 });
        await WriteAsync(store.Runs, run, text: "zombie");
        await WriteAsync(store.Runs, run with { Attempt = 2 }, text: "second");
        await store.Runs.KeepAsync(run with { Attempt = 2 });
        Assert.Equal("second", await File.ReadAllTextAsync(store.PathOf(FileArea.Output, Assert.Single(Outputs(store)))));
    }

    [Theory]
    [InlineData("..", "x", ".png")]
    [InlineData("", "../x", ".png")]
    [InlineData("", "x", "/../../x.png")]
    [InlineData("", "a/b", ".png")]
    [InlineData("", "a\nb", ".png")]
    public async Task WriteNext_UnsafeName_IsRefusedBeforeAnythingIsWritten(string folder, string prefix, string suffix)
    {
        await using var store = await StorageFixture.CreateAsync();
        await Assert.ThrowsAsync<UnsafeFileNameException>(() => WriteAsync(store.Runs, Attempt(), new FileSeries(FileArea.Output, folder, prefix), suffix));
        Assert.Empty(Directory.EnumerateFileSystemEntries(store.Folders.Of(FileArea.Output)));
    }

    [Fact]
    public async Task WriteNext_HundredThousandFiles_ReadsTheFolderOnceForAllWriters()
    {
        await using var store = await StorageFixture.CreateAsync();
        var folder = store.Folders.Of(FileArea.Output);
        for (var i = 1; i <= 100_000; i++)
            File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"ComfyUI_{i:D5}_.png"))).Dispose();
        Assert.Equal("ComfyUI_100001_.png", await WriteAsync(store.Runs, Attempt()));
        // Files that appear without a change of the folder's time stamp are the proof that it was not read again.
        var stamp = Directory.GetLastWriteTimeUtc(folder);
        store.Put(FileArea.Output, "ComfyUI_500000_.png");
        Directory.SetLastWriteTimeUtc(folder, stamp);
        await using var other = await store.AnotherAsync();
        Assert.Equal("ComfyUI_100002_.png", await WriteAsync(other.Runs, Attempt()));
    }
}
