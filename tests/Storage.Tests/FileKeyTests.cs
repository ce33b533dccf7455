using Xunit;

namespace Farm.Storage.Tests;

public sealed class FileKeyTests
{
    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/..")]
    [InlineData("/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("a\\..\\x")]
    [InlineData("..\\x")]
    [InlineData("C:\\x")]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("./.")]
    public void TryCreate_NameThatLeavesTheRootOrIsNone_IsRefused(string name) => Assert.False(FileKey.TryCreate(FileArea.Input, out _, name));

    [Theory]
    [InlineData("%2e%2e%2fx", "%2e%2e%2fx")]
    [InlineData("..%2Fx", "..%2Fx")]
    [InlineData("x..png", "x..png")]
    [InlineData("...", "...")]
    [InlineData("a/./b//c", "a/b/c")]
    [InlineData("ä ö/日本.png", "ä ö/日本.png")]
    [InlineData("．．/x", "．．/x")]
    public void TryCreate_NameThatOnlyLooksLikeAnEscape_IsOneNameInsideTheRoot(string name, string path)
    {
        Assert.True(FileKey.TryCreate(FileArea.Input, out var key, name));
        Assert.Equal(path, key.Path);
        Assert.StartsWith("/root/", Path.GetFullPath(Path.Combine("/root", key.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_HalfASurrogatePair_IsRefused() => Assert.False(FileKey.TryCreate(FileArea.Input, out _, "\ud800x"));

    [Fact]
    public void TryCreate_PartAfterAFolder_CannotLeaveTheFolderEither()
    {
        Assert.False(FileKey.TryCreate(FileArea.Output, out _, "folder", "../x"));
        Assert.False(FileKey.TryCreate(FileArea.Output, out _, "folder", "/x"));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void TryCreate_LengthOfAName_IsTheFileSystemsLimitInBytes(int bytes, bool fits)
    {
        Assert.Equal(fits, FileKey.TryCreate(FileArea.Input, out _, new string('a', bytes)));
        Assert.Equal(fits, FileKey.TryCreate(FileArea.Input, out _, new string('ä', bytes / 2) + (bytes % 2 == 1 ? "a" : "")));
    }
}
