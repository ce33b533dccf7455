using Farm.Storage.Hashing;
using Xunit;

namespace Farm.Storage.Tests.Suites;

/// <summary>Which files hold a content, in every store.</summary>
public abstract class ContentIndexSuite
{
    /// <summary>An empty store.</summary>
    protected abstract Task<StorageFixture> CreateAsync();

    protected static async Task<(ContentHash Hash, FileEntry File)> UploadAsync(StorageFixture store, FileArea area, string name, string content)
    {
        ContentHash hash = default;
        var file = await store.Files.WriteAsync(FileKey.Create(area, name), async (stream, cancel) =>
        {
            await using var hashing = new HashingStream(stream);
            await StorageFixture.Text(content)(hashing, cancel);
            hash = hashing.Hash;
        }, overwrite: true);
        await store.Contents.AddAsync(hash, file!);
        return (hash, file!);
    }

    [Theory]
    [InlineData(FileArea.Input)]
    [InlineData(FileArea.Models)]
    public async Task Find_UploadedFile_IsFoundByTheHashOfItsBytes(FileArea area)
    {
        await using var store = await CreateAsync();
        var (hash, file) = await UploadAsync(store, area, "a b\n.txt", "abc");
        Assert.Equal("blake3:6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85", hash.ToString());
        Assert.Equal(file, await store.Contents.FindAsync(hash));
    }

    [Fact]
    public async Task Find_FileChangedOrRemoved_NextHolderOrNone()
    {
        await using var store = await CreateAsync();
        var (hash, one) = await UploadAsync(store, FileArea.Input, "one.txt", "same");
        var (_, two) = await UploadAsync(store, FileArea.Input, "two.txt", "same");
        Assert.Equal(one, await store.Contents.FindAsync(hash));
        await store.StoreAsync(FileArea.Input, "one.txt", "other content");
        Assert.Equal(two, await store.Contents.FindAsync(hash));
        await store.Files.DeleteAsync(two.Key);
        Assert.Null(await store.Contents.FindAsync(hash));
    }
}
