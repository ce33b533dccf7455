using Farm.Storage.Hashing;
using Farm.Storage.S3;
using Xunit;

namespace Farm.Storage.Tests.S3;

/// <summary>Contents are stored once, and stay as long as a name stands for them.</summary>
public sealed class S3SweepTests(SharedS3 s3)
{
    private static async Task<List<string>> KeysAsync(StorageFixture store, string start) =>
        await store.Part<S3Bucket>().ListAsync(start, CancellationToken.None).Select(found => found.Key).ToListAsync();

    private static async Task SweepAsync(StorageFixture store, int days)
    {
        await using var later = await store.AnotherAsync(new LaterClock(TimeSpan.FromDays(days)));
        await later.Part<S3FarmFiles>().Sweep(TenantName.Default).RunAsync(CancellationToken.None);
    }

    private static string HexOf(string content) => ContentHash.Of(Blake3.Hash(System.Text.Encoding.UTF8.GetBytes(content))).Hex;

    [Fact]
    public async Task Write_OneContentUnderManyNames_IsStoredOnceByItsHash()
    {
        await using var store = await s3.CreateAsync();
        await store.StoreAsync(FileArea.Input, "a.txt", "same");
        await store.StoreAsync(FileArea.User, "default/b.json", "same");
        await store.Runs.WriteNextAsync(new RunAttempt(Guid.NewGuid(), 1), new FileSeries(FileArea.Output, "", "c"), ".txt", StorageFixture.Text("same"));
        Assert.Equal([$"blobs/{HexOf("same")}"], await KeysAsync(store, "blobs/"));
    }

    [Fact]
    public async Task Sweep_ContentsWithNames_Stay()
    {
        await using var store = await s3.CreateAsync();
        await store.StoreAsync(FileArea.Input, "a.txt", "one");
        await store.StoreAsync(FileArea.Input, "b.txt", "two");
        await store.StoreAsync(FileArea.Input, "b.txt", "one");
        await store.Files.DeleteAsync(FileKey.Create(FileArea.Input, "a.txt"));
        await SweepAsync(store, days: 2);
        await SweepAsync(store, days: 4);
        Assert.Equal("one", await store.ReadAsync(FileArea.Input, "b.txt"));
        Assert.Equal([$"blobs/{HexOf("one")}"], await KeysAsync(store, "blobs/"));
        Assert.Empty(await KeysAsync(store, "trash/"));
    }

    [Fact]
    public async Task Sweep_ContentWithoutAName_StaysForItsGraceAndGoesByTheTrash()
    {
        await using var store = await s3.CreateAsync();
        await store.StoreAsync(FileArea.Input, "a.txt", "one");
        await store.Files.DeleteAsync(FileKey.Create(FileArea.Input, "a.txt"));
        await SweepAsync(store, days: 0);
        Assert.Equal([$"blobs/{HexOf("one")}"], await KeysAsync(store, "blobs/"));
        await SweepAsync(store, days: 2);
        Assert.Empty(await KeysAsync(store, "blobs/"));
        Assert.Equal([$"trash/{HexOf("one")}"], await KeysAsync(store, "trash/"));
        await SweepAsync(store, days: 4);
        Assert.Empty(await KeysAsync(store, "trash/"));
        Assert.Empty(await KeysAsync(store, "refs/"));
    }

    [Fact]
    public async Task Sweep_ContentNamedWhileItWasTakenAway_IsReadAndBroughtBack()
    {
        await using var store = await s3.CreateAsync();
        var hash = ContentHash.Of(Blake3.Hash("one"u8));
        await store.StoreAsync(FileArea.Input, "a.txt", "one");
        await store.StoreAsync(FileArea.Input, "b.txt", "one");
        var bucket = store.Part<S3Bucket>();
        // What a sweep does to a content that it saw no name of.
        await bucket.CopyAsync(S3Keys.Blob(hash), S3Keys.Trashed(hash), CancellationToken.None);
        await bucket.DeleteAsync(S3Keys.Blob(hash), CancellationToken.None);
        await SweepAsync(store, days: 2);
        Assert.Equal([$"blobs/{hash.Hex}"], await KeysAsync(store, "blobs/"));
        Assert.Empty(await KeysAsync(store, "trash/"));

        await bucket.CopyAsync(S3Keys.Blob(hash), S3Keys.Trashed(hash), CancellationToken.None);
        await bucket.DeleteAsync(S3Keys.Blob(hash), CancellationToken.None);
        Assert.Equal("one", await store.ReadAsync(FileArea.Input, "b.txt"));
    }

    [Fact]
    public async Task Sweep_WhatDeadWritersLeft_IsRemoved()
    {
        await using var store = await s3.CreateAsync();
        var bucket = store.Part<S3Bucket>();
        foreach (var key in (string[])["staging/x", "claims/x/y/-", "draws/output/:/x/:/1/-"])
            await bucket.PutAsync(key, "x"u8.ToArray(), CancellationToken.None);
        await SweepAsync(store, days: 0);
        foreach (var start in (string[])["staging/", "claims/", "draws/"])
            Assert.Single(await KeysAsync(store, start));
        await SweepAsync(store, days: 2);
        foreach (var start in (string[])["staging/", "claims/", "draws/"])
            Assert.Empty(await KeysAsync(store, start));
    }

    [Fact]
    public async Task RunIfDue_SweptWithinTheInterval_LeavesItToTheNext()
    {
        await using var store = await s3.CreateAsync();
        await store.Part<S3FarmFiles>().Sweep(TenantName.Default).RunIfDueAsync(CancellationToken.None);
        await store.StoreAsync(FileArea.Input, "a.txt", "one");
        await store.Files.DeleteAsync(FileKey.Create(FileArea.Input, "a.txt"));
        await using var soon = await store.AnotherAsync(new LaterClock(TimeSpan.FromHours(5)));
        await soon.Part<S3FarmFiles>().Sweep(TenantName.Default).RunIfDueAsync(CancellationToken.None);
        Assert.Single(await KeysAsync(store, "blobs/"));
        await using var later = await store.AnotherAsync(new LaterClock(TimeSpan.FromDays(2)));
        await later.Part<S3FarmFiles>().Sweep(TenantName.Default).RunIfDueAsync(CancellationToken.None);
        Assert.Empty(await KeysAsync(store, "blobs/"));
    }

    [Fact]
    public async Task Sweep_OfATenant_RemovesItsContentsAndNoOthers()
    {
        await using var store = await s3.CreateAsync();
        var key = FileKey.Create(FileArea.Input, "a.txt");
        foreach (var tenant in (string[])["acme", "zeta"])
            await store.Farm.Of(tenant).Store.WriteAsync(key, StorageFixture.Text("same"), overwrite: true);
        await store.Farm.Of("acme").Store.DeleteAsync(key);
        await using var later = await store.AnotherAsync(new LaterClock(TimeSpan.FromDays(2)));
        await later.Part<S3FarmFiles>().Sweep("acme").RunAsync(CancellationToken.None);
        await later.Part<S3FarmFiles>().Sweep("zeta").RunAsync(CancellationToken.None);
        Assert.Empty(await KeysAsync(store, "tenants/acme/blobs/"));
        Assert.Single(await KeysAsync(store, "tenants/zeta/blobs/"));
    }
}
