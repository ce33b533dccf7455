using System.Text;
using Farm.Storage.Hashing;
using Xunit;

namespace Farm.Storage.Tests.Suites;

/// <summary>A tenant's files are its own, in every store: no name, hash, number, journal or listing leads to another's.</summary>
public abstract class TenantSuite
{
    private const string One = "acme", Other = "zeta";

    private static readonly FileArea[] OwnAreas = [FileArea.Input, FileArea.Output, FileArea.Temp, FileArea.User];

    /// <summary>An empty store.</summary>
    protected abstract Task<StorageFixture> CreateAsync();

    private static ContentHash HashOf(string text) => ContentHash.Of(Blake3.Hash(Encoding.UTF8.GetBytes(text)));

    private static async Task<FileEntry> PutAsync(TenantFiles files, FileArea area, string name, string content)
    {
        var file = await files.Store.WriteAsync(FileKey.Create(area, name), StorageFixture.Text(content), overwrite: true);
        await files.Contents.AddAsync(HashOf(content), file!);
        return file!;
    }

    private static async Task<string> ReadAsync(TenantFiles files, FileArea area, string name)
    {
        await using var content = await files.Store.OpenReadAsync(FileKey.Create(area, name));
        return await new StreamReader(content).ReadToEndAsync();
    }

    private static Task<List<string>> PathsAsync(TenantFiles files, FileArea area) =>
        files.Store.ListAsync(area, "", recursive: true).Select(file => file.Key.Path).ToListAsync().AsTask();

    [Fact]
    public async Task Find_NameOfAnotherTenantsFile_IsNone()
    {
        await using var store = await CreateAsync();
        foreach (var area in OwnAreas)
            await PutAsync(store.Farm.Of(One), area, "a/b.txt", "secret");
        foreach (var files in (TenantFiles[])[store.Farm.Of(Other), store.Farm.Of(TenantName.Default)])
        {
            foreach (var area in OwnAreas)
            {
                var key = FileKey.Create(area, "a/b.txt");
                Assert.Null(await files.Store.FindAsync(key));
                await Assert.ThrowsAsync<FileNotFoundException>(async () => await files.Store.OpenReadAsync(key));
                await Assert.ThrowsAsync<FileNotFoundException>(async () => await files.Store.MaterializeAsync(key));
                Assert.False(await files.Store.DeleteAsync(key));
                Assert.Empty(await PathsAsync(files, area));
            }
        }
        foreach (var area in OwnAreas)
            Assert.Equal("secret", await ReadAsync(store.Farm.Of(One), area, "a/b.txt"));
    }

    [Fact]
    public async Task Write_OneNameInManyTenants_IsAnotherFileInEach()
    {
        await using var store = await CreateAsync();
        foreach (var tenant in (string[])[One, Other, TenantName.Default])
            Assert.NotNull(await store.Farm.Of(tenant).Store.WriteAsync(FileKey.Create(FileArea.Input, "a.txt"), StorageFixture.Text(tenant), overwrite: false));
        foreach (var tenant in (string[])[One, Other, TenantName.Default])
            Assert.Equal(tenant, await ReadAsync(store.Farm.Of(tenant), FileArea.Input, "a.txt"));
    }

    [Fact]
    public async Task FindContent_ThatOnlyAnotherTenantHas_IsNone()
    {
        await using var store = await CreateAsync();
        await PutAsync(store.Farm.Of(One), FileArea.Input, "a.txt", "secret");
        Assert.NotNull(await store.Farm.Of(One).Contents.FindAsync(HashOf("secret")));
        Assert.Null(await store.Farm.Of(Other).Contents.FindAsync(HashOf("secret")));
        Assert.Null(await store.Farm.Of(TenantName.Default).Contents.FindAsync(HashOf("secret")));
    }

    [Fact]
    public async Task FindContent_OfATenantThatDeletedIts_IsNotAnothers()
    {
        await using var store = await CreateAsync();
        await PutAsync(store.Farm.Of(One), FileArea.Input, "a.txt", "same");
        var own = await PutAsync(store.Farm.Of(Other), FileArea.Input, "b.txt", "same");
        await store.Farm.Of(Other).Store.DeleteAsync(own.Key);
        Assert.Null(await store.Farm.Of(Other).Contents.FindAsync(HashOf("same")));
        Assert.Equal("same", await ReadAsync(store.Farm.Of(One), FileArea.Input, "a.txt"));
    }

    [Fact]
    public async Task WriteNext_InManyTenants_CountsInEach()
    {
        await using var store = await CreateAsync();
        var series = new FileSeries(FileArea.Output, "", "ComfyUI");
        foreach (var tenant in (string[])[One, Other, One, TenantName.Default])
            await store.Farm.Of(tenant).Runs.WriteNextAsync(new RunAttempt(Guid.NewGuid(), 1), series, ".png", StorageFixture.Text(tenant));
        Assert.Equal(["ComfyUI_00001_.png", "ComfyUI_00002_.png"], await PathsAsync(store.Farm.Of(One), FileArea.Output));
        Assert.Equal(["ComfyUI_00001_.png"], await PathsAsync(store.Farm.Of(Other), FileArea.Output));
        Assert.Equal(["ComfyUI_00001_.png"], await PathsAsync(store.Farm.Of(TenantName.Default), FileArea.Output));
    }

    [Fact]
    public async Task Discard_RunOfOneTenant_LeavesAnothersFiles()
    {
        await using var store = await CreateAsync();
        var attempt = new RunAttempt(Guid.NewGuid(), 1);
        var series = new FileSeries(FileArea.Output, "", "x");
        foreach (var tenant in (string[])[One, Other])
            await store.Farm.Of(tenant).Runs.WriteNextAsync(attempt, series, ".png", StorageFixture.Text("x"));
        await store.Farm.Of(Other).Runs.DiscardEarlierAsync(attempt with { Attempt = 2 });
        Assert.Empty(await PathsAsync(store.Farm.Of(Other), FileArea.Output));
        Assert.Equal(["x_00001_.png"], await PathsAsync(store.Farm.Of(One), FileArea.Output));
    }

    [Fact]
    public async Task Catalog_UploadsAndSavedModels_AreTheTenantsOwnAndModelsAreShared()
    {
        await using var store = await CreateAsync();
        await PutAsync(store.Farm.Of(One), FileArea.Input, "deep/a.png", "x");
        await PutAsync(store.Farm.Of(One), FileArea.Input, "a.png", "x");
        await PutAsync(store.Farm.Of(One), FileArea.Output, "checkpoints/own.safetensors", "x");
        store.Put(FileArea.Models, "checkpoints/shared.safetensors");
        foreach (var tenant in (string[])[One, Other])
            await store.Farm.Of(tenant).Catalog.RefreshAsync();
        var (one, other) = (store.Farm.Of(One).Catalog, store.Farm.Of(Other).Catalog);
        Assert.Equal(["own.safetensors", "shared.safetensors"], one.Models("checkpoints")!.Value);
        Assert.Equal(["a.png"], one.Inputs([]));
        Assert.Equal(["deep"], one.InputFolders());
        Assert.Equal(["shared.safetensors"], other.Models("checkpoints")!.Value);
        Assert.Null(other.FindModel("checkpoints", "own.safetensors"));
        Assert.Empty(other.Inputs([]));
        Assert.Empty(other.InputFolders());
    }

    [Theory]
    [InlineData("../tenants/acme/input/a.txt")]
    [InlineData("../../acme/input/a.txt")]
    [InlineData("tenants/acme/input/a.txt")]
    [InlineData("acme/input/a.txt")]
    [InlineData("../input/a.txt")]
    public async Task Find_PathToAnotherTenantsFolder_IsNone(string path)
    {
        await using var store = await CreateAsync();
        await PutAsync(store.Farm.Of(One), FileArea.Input, "a.txt", "secret");
        foreach (var files in (TenantFiles[])[store.Farm.Of(Other), store.Farm.Of(TenantName.Default)])
        {
            foreach (var area in Enum.GetValues<FileArea>())
                Assert.False(FileKey.TryCreate(area, out var key, path) && await files.Store.FindAsync(key) is not null);
        }
    }

    [Fact]
    public async Task Tenants_ThatHaveFiles_AreListedWithDefaultFirst()
    {
        await using var store = await CreateAsync();
        foreach (var tenant in (string[])[Other, One])
            await PutAsync(store.Farm.Of(tenant), FileArea.Input, "a.txt", "x");
        Assert.Equal([TenantName.Default, One, Other], await store.Farm.TenantsAsync().ToListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".farm")]
    [InlineData("a/b")]
    [InlineData("Acme")]
    [InlineData("acme\n")]
    public async Task Of_NameThatIsNoTenants_IsRefused(string tenant)
    {
        await using var store = await CreateAsync();
        Assert.Throws<UnsafeFileNameException>(() => store.Farm.Of(tenant));
    }
}
