using System.Globalization;
using Farm.Storage.Tests.Suites;
using Xunit;

namespace Farm.Storage.Tests.Local;

public sealed class LocalRunFilesTests : RunFilesSuite
{
    protected override int Many => 200;

    protected override Task<StorageFixture> CreateAsync() => StorageFixture.CreateAsync();

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
    public async Task Discard_NameThatMeanwhileBelongsToAFileOfHand_StaysUntouched()
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
