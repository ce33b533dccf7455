using Farm.Storage.Hashing;
using Farm.Storage.Tests.Suites;
using Xunit;

namespace Farm.Storage.Tests.Local;

public sealed class LocalContentIndexTests : ContentIndexSuite
{
    protected override Task<StorageFixture> CreateAsync() => StorageFixture.CreateAsync();

    [Fact]
    public async Task Find_FileChangedByHand_IsNone()
    {
        await using var store = await CreateAsync();
        var (hash, _) = await UploadAsync(store, FileArea.Input, "one.txt", "same");
        store.Put(FileArea.Input, "one.txt", "other content");
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
