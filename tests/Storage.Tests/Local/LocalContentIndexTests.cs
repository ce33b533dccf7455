using Farm.Storage.Hashing;
using Xunit;

namespace Farm.Storage.Tests.Local;

public sealed class LocalContentIndexTests
{
    private static async Task<(ContentHash Hash, FileEntry File)> UploadAsync(StorageFixture store, string name, string content)
    {
        ContentHash hash = default;
        var file = await store.Files.WriteAsync(FileKey.Create(FileArea.Input, name), async (stream, cancel) =>
        {
            await using var hashing = new HashingStream(stream);
            await StorageFixture.Text(content)(hashing, cancel);
            hash = hashing.Hash;
        }, overwrite: true);
        await store.Contents.AddAsync(hash, file!);
        return (hash, file!);
    }

    [Fact]
    public async Task Find_UploadedFile_IsFoundByTheHashOfItsBytes()
    {
        await using var store = await StorageFixture.CreateAsync();
        var (hash, file) = await UploadAsync(store, "a b\n.txt", "abc");
        Assert.Equal("blake3:6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85", hash.ToString());
        Assert.Equal(file, await store.Contents.FindAsync(hash));
    }

    [Fact]
    public async Task Find_FileChangedOrRemoved_NextHolderOrNone()
    {
        await using var store = await StorageFixture.CreateAsync();
        var (hash, _) = await UploadAsync(store, "one.txt", "same");
        var (_, two) = await UploadAsync(store, "two.txt", "same");
        store.Put(FileArea.Input, "one.txt", "other content");
        Assert.Equal(two, await store.Contents.FindAsync(hash));
        await store.Files.DeleteAsync(two.Key);
        Assert.Null(await store.Contents.FindAsync(hash));
    }

    [Theory]
    [InlineData("blake3:", false)]
    [InlineData("blake3:zz", false)]
    [InlineData("md5:6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85", false)]
    [InlineData("blake3:../../../../../etc/passwd", false)]
    [InlineData("blake3:6437B3AC38465133FFB63B75273A8DB548C558465D79DB03FD359C6CD5BD9D85", true)]
    public void TryParse_Texts_OnlySixtyFourHexadecimalDigits(string text, bool valid) => Assert.Equal(valid, ContentHash.TryParse(text, out _));
}
