using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Storage.Tests;

public sealed class StorageOptionsTests
{
    private static async Task<string> MessageAsync(params (string Key, string Value)[] options) =>
        (await Assert.ThrowsAsync<OptionsValidationException>(() => StorageFixture.CreateAsync(options))).Message;

    [Fact]
    public async Task Start_EmptyRoot_NamesOptionValueAndRule() =>
        Assert.Contains("Farm:Data:Root is ' '; it must name a folder.", await MessageAsync(("Farm:Data:Root", " ")), StringComparison.Ordinal);

    [Fact]
    public async Task Start_AreaInsideAnother_NamesBoth()
    {
        var message = await MessageAsync(("Farm:Data:Output", "/srv/farm"), ("Farm:Data:Temp", "/srv/farm/temp"));
        Assert.Contains("Farm:Data:Temp (/srv/farm/temp) lies in Farm:Data:Output (/srv/farm)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RelativeLinkTarget_NamesIt() =>
        Assert.Contains("'share'", await MessageAsync(("Farm:Data:LinkTargets:0", "share")), StringComparison.Ordinal);

    [Theory]
    [InlineData("Farm:Data:Output", "/srv/farm")]
    [InlineData("Farm:Data:Output", "/srv/farm/tenants/acme")]
    [InlineData("Farm:Data:LinkTargets:0", "/srv")]
    public async Task Start_TenantsInReachOfAnArea_NamesBoth(string option, string value) => Assert.Contains(
        "neither must lie in the other", await MessageAsync(("Farm:Data:Tenants", "/srv/farm/tenants"), (option, value)), StringComparison.Ordinal);

    [Fact]
    public async Task Take_DataRootOfARunningFarm_IsRefusedUntilItEnds()
    {
        await using var store = await StorageFixture.CreateAsync();
        using (DataRootLock.Take(store.Folders))
        {
            var refused = Assert.Throws<DataRootInUseException>(() => DataRootLock.Take(store.Folders));
            Assert.Contains(store.Folders.Root, refused.Message, StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        }
        DataRootLock.Take(store.Folders).Dispose();
    }
}
