using Farm.Storage.Tests.Suites;
using Xunit;

namespace Farm.Storage.Tests.Local;

public sealed class LocalFileStoreTests : FileStoreSuite
{
    protected override Task<StorageFixture> CreateAsync() => StorageFixture.CreateAsync();

    [Fact]
    public async Task Write_NewFile_StandsUnderItsRealName()
    {
        await using var store = await StorageFixture.CreateAsync();
        var entry = await store.Files.WriteAsync(Input("sub/a.txt"), StorageFixture.Text("hello"), overwrite: false);
        Assert.Equal("hello", await File.ReadAllTextAsync(store.PathOf(FileArea.Input, "sub/a.txt")));
        Assert.Equal(5, entry!.Size);
        Assert.Equal(entry, await store.Files.FindAsync(Input("sub/a.txt")));
    }

    [Fact]
    public async Task Write_WriterFailsHalfWay_LeavesNothingStaged()
    {
        await using var store = await StorageFixture.CreateAsync();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await store.Files.WriteAsync(Input("a.txt"), async (stream, cancel) =>
        {
            await stream.WriteAsync("half"u8.ToArray(), cancel);
            throw new InvalidDataException();
        }, overwrite: true));
        Assert.Null(await store.Files.FindAsync(Input("a.txt")));
        Assert.Empty(Directory.EnumerateFiles(store.Folders.Of(FileArea.Input), "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("out.txt")]
    [InlineData("outside/secret.txt")]
    [InlineData("hop/secret.txt")]
    [InlineData("circle/secret.txt")]
    public async Task Links_OutOfTheArea_AreAsIfAbsent(string name)
    {
        var outside = Directory.CreateTempSubdirectory("farm-outside-");
        try
        {
            await using var store = await StorageFixture.CreateAsync();
            await File.WriteAllTextAsync(Path.Combine(outside.FullName, "secret.txt"), "secret");
            File.CreateSymbolicLink(store.PathOf(FileArea.Input, "out.txt"), Path.Combine(outside.FullName, "secret.txt"));
            Directory.CreateSymbolicLink(store.PathOf(FileArea.Input, "outside"), outside.FullName);
            Directory.CreateSymbolicLink(store.PathOf(FileArea.Input, "hop"), "outside");
            Directory.CreateSymbolicLink(store.PathOf(FileArea.Input, "circle"), "circle");
            Assert.Null(await store.Files.FindAsync(Input(name)));
            await Assert.ThrowsAsync<FileNotFoundException>(async () => await store.Files.OpenReadAsync(Input(name)));
            await Assert.ThrowsAsync<UnsafeFileNameException>(async () => await store.Files.WriteAsync(Input(name), StorageFixture.Text("x"), overwrite: true));
            Assert.Empty(await store.Files.ListAsync(FileArea.Input, "", recursive: true).ToListAsync());
            Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(outside.FullName, "secret.txt")));
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Links_IntoANamedTargetAndInsideTheArea_AreFollowed()
    {
        var share = Directory.CreateTempSubdirectory("farm-share-");
        try
        {
            await using var store = await StorageFixture.CreateAsync(("Farm:Data:LinkTargets:0", share.FullName));
            await File.WriteAllTextAsync(Path.Combine(share.FullName, "a.safetensors"), "weights");
            Directory.CreateSymbolicLink(store.PathOf(FileArea.Models, "checkpoints/share"), share.FullName);
            Directory.CreateSymbolicLink(store.PathOf(FileArea.Models, "checkpoints/again"), "../checkpoints/share");
            Assert.Equal(["again/a.safetensors", "share/a.safetensors"], store.Catalog.Models("checkpoints")!.Value);
            Assert.Equal(7, (await store.Files.FindAsync(FileKey.Create(FileArea.Models, "checkpoints/again/a.safetensors")))!.Size);
        }
        finally
        {
            share.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task List_StagedFiles_AreLeftOut()
    {
        await using var store = await StorageFixture.CreateAsync();
        foreach (var name in (string[])["b.txt", "a/z.txt", "a.txt", "B.txt"])
            await store.Files.WriteAsync(Input(name), StorageFixture.Text(name), overwrite: false);
        store.Put(FileArea.Input, ".partial/left-behind");
        Assert.Equal(["B.txt", "a.txt", "a/z.txt", "b.txt"], await store.Files.ListAsync(FileArea.Input, "", recursive: true).Select(file => file.Key.Path).ToListAsync());
        Assert.Equal(["B.txt", "a.txt", "b.txt"], await store.Files.ListAsync(FileArea.Input, "", recursive: false).Select(file => file.Key.Path).ToListAsync());
        Assert.Equal(["a/z.txt"], await store.Files.ListAsync(FileArea.Input, "a", recursive: true).Select(file => file.Key.Path).ToListAsync());
        Assert.Empty(await store.Files.ListAsync(FileArea.Input, "none", recursive: true).ToListAsync());
    }

    [Fact]
    public async Task List_WhileOthersWriteAndDelete_NeverFails()
    {
        await using var store = await StorageFixture.CreateAsync();
        using var listed = new CancellationTokenSource();
        var churn = Task.Run(async () =>
        {
            for (var i = 0; !listed.IsCancellationRequested; i++)
            {
                await store.Files.WriteAsync(Input($"{i % 50}/x.txt"), StorageFixture.Text("x"), overwrite: true);
                if (i % 3 == 0)
                    Directory.Delete(store.PathOf(FileArea.Input, $"{i % 50}"), recursive: true);
            }
        });
        for (var i = 0; i < 200; i++)
            Assert.True(await store.Files.ListAsync(FileArea.Input, "", recursive: true).CountAsync() <= 50);
        await listed.CancelAsync();
        await churn;
    }

    [Fact]
    public async Task Start_StagedFilesOfDeadWriters_AreRemovedOnceTheyAreOld()
    {
        await using var store = await StorageFixture.CreateAsync();
        store.Put(FileArea.Output, ".partial/old");
        store.Put(FileArea.Output, ".partial/young");
        File.SetLastWriteTimeUtc(store.PathOf(FileArea.Output, ".partial/old"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await using var next = await store.AnotherAsync();
        Assert.Equal(["young"], Directory.EnumerateFiles(store.PathOf(FileArea.Output, ".partial")).Select(Path.GetFileName));
    }
}
