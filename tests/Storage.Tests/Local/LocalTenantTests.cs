using Farm.Storage.Tests.Suites;
using Xunit;

namespace Farm.Storage.Tests.Local;

/// <summary>Tenants' files in local folders.</summary>
public sealed class LocalTenantTests : TenantSuite
{
    protected override Task<StorageFixture> CreateAsync() => StorageFixture.CreateAsync();

    [Fact]
    public async Task Write_OfATenant_LiesBesideTheFoldersOfDefaultAndNeverBelow()
    {
        await using var store = await CreateAsync();
        await store.Farm.Of("acme").Store.WriteAsync(FileKey.Create(FileArea.Output, "a.png"), StorageFixture.Text("x"), overwrite: true);
        Assert.True(File.Exists(Path.Combine(store.Folders.Root, "tenants/acme/output/a.png")));
    }

    [Fact]
    public async Task Find_LinkIntoAnotherTenantsFolder_IsNone()
    {
        await using var store = await CreateAsync();
        var (one, other) = (store.Farm.Of("acme"), store.Farm.Of("zeta"));
        await one.Store.WriteAsync(FileKey.Create(FileArea.Input, "a.txt"), StorageFixture.Text("secret"), overwrite: true);
        foreach (var files in (TenantFiles[])[other, store.Farm.Of(TenantName.Default)])
        {
            Directory.CreateDirectory(files.Folders.Of(FileArea.Input));
            File.CreateSymbolicLink(Path.Combine(files.Folders.Of(FileArea.Input), "link.txt"), Path.Combine(one.Folders.Of(FileArea.Input), "a.txt"));
            Directory.CreateSymbolicLink(Path.Combine(files.Folders.Of(FileArea.Input), "folder"), one.Folders.Of(FileArea.Input));
            Assert.Null(await files.Store.FindAsync(FileKey.Create(FileArea.Input, "link.txt")));
            Assert.Null(await files.Store.FindAsync(FileKey.Create(FileArea.Input, "folder/a.txt")));
            Assert.Empty(files.Catalog.Inputs([]));
        }
    }
}
