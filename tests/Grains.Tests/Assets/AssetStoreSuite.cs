using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Grains.Assets;
using Farm.Grains.Persistence;
using Farm.Grains.Tests.Persistence;
using Farm.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Grains.Tests.Assets;

/// <summary>One suite for every database: what the store of assets promises.</summary>
public abstract class AssetStoreSuite : IAsyncLifetime
{
    private const string Tenant = "default";
    private const string User = "default";
    private const string HashA = "blake3:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string HashB = "blake3:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private ServiceProvider? _services;

    private IAssetStore Store => _services!.GetRequiredService<IAssetStore>();

    /// <summary>Services over a new, empty database.</summary>
    private protected abstract Task<ServiceProvider> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _services = await OpenAsync();
        await ActivatorUtilities.CreateInstance<DatabaseStart>(_services).PrepareAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Insert_SecondReference_TakesSizeAndTypeOfTheContent()
    {
        await InsertAsync("a.png", HashA, size: 7, mime: "image/png", path: "a.png");
        var second = await Store.InsertAsync(Tenant, New("b.png", HashA));

        Assert.Equal((7, "image/png", null), (second.Size, second.MimeType, second.Place));
        Assert.Equal(second.Id, (await Store.FindAsync(Tenant, User, second.Id))!.Id);
        Assert.True(await Store.HasContentAsync(Tenant, HashA));
        Assert.False(await Store.HasContentAsync("other", HashA));
    }

    // ComfyUI 0.19.3, recorded (assets/list_metadata_filter): which of five assets a filter leaves.
    [Theory]
    [InlineData("""{"n": 1}""", "c")]
    [InlineData("""{"n": 1.0}""", "c")]
    [InlineData("""{"n": 2.5}""", "e")]
    [InlineData("""{"n": "1"}""", "")]
    [InlineData("""{"n": [1, 2]}""", "ac")]
    [InlineData("""{"s": "x", "n": 2}""", "a")]
    [InlineData("""{"s": "y"}""", "")]
    [InlineData("""{"f": true}""", "c")]
    [InlineData("""{"f": false}""", "")]
    [InlineData("""{"l": "p"}""", "a")]
    [InlineData("""{"l": ["q", "z"]}""", "a")]
    [InlineData("""{"nul": null}""", "abcde")]
    [InlineData("""{"s": null}""", "de")]
    [InlineData("""{"o": {"k": 1}}""", "b")]
    public async Task List_MetadataFilter_LeavesTheRecordedAssets(string filter, string expected)
    {
        await InsertAsync("c", HashA, metadata: """{"n": 1, "s": "x", "f": true}""");
        await InsertAsync("a", HashA, metadata: """{"n": 2, "s": "x", "l": ["p", "q"]}""");
        await InsertAsync("e", HashA, metadata: """{"n": 2.5}""");
        await InsertAsync("b", HashA, metadata: """{"s": "Y", "nul": null, "o": {"k": 1}}""");
        await InsertAsync("d", HashA);

        var found = await ListAsync(new AssetFilter { Metadata = Matches(filter) }, AssetSort.Name, ascending: true);

        Assert.Equal(expected, string.Concat(found.Assets.Select(a => a.Name)));
        Assert.Equal(expected.Length, found.Total);
    }

    [Fact]
    public async Task List_SortedAndPaged_ComesInOrderAndCountsAll()
    {
        foreach (var (name, size) in new[] { ("b", 2), ("A", 3), ("a", 1) })
            await InsertAsync(name, HashA, size: size);

        var byName = await Store.ListAsync(Tenant, User, new AssetQuery(new AssetFilter(), AssetSort.Name, Ascending: true, Offset: 1, Limit: 1));
        var bySize = await ListAsync(new AssetFilter(), AssetSort.Size, ascending: false);

        Assert.Equal(("a", 3), (byName.Assets.Single().Name, byName.Total));
        Assert.Equal(["A", "b", "a"], bySize.Assets.Select(a => a.Name));
    }

    [Fact]
    public async Task List_NameContains_FindsAnyCaseAndNoWildcards()
    {
        await InsertAsync("Über_100%.png", HashA);
        await InsertAsync("other.png", HashA);

        Assert.Single((await ListAsync(new AssetFilter { NameContains = "R_100%" })).Assets);
        Assert.Single((await ListAsync(new AssetFilter { NameContains = "Über" })).Assets);
        Assert.Empty((await ListAsync(new AssetFilter { NameContains = "o%r" })).Assets);
    }

    [Fact]
    public async Task List_AnotherUsersAssets_AreNotSeenAndThoseOfAllAre()
    {
        var own = await Store.InsertAsync(Tenant, New("own", HashA));
        var foreign = await Store.InsertAsync(Tenant, New("foreign", HashA) with { User = "bob" });
        var shared = await Store.InsertAsync(Tenant, New("shared", HashA) with { User = "" });

        Assert.Equal(new[] { own.Id, shared.Id }.Order(), (await ListAsync(new AssetFilter())).Assets.Select(a => a.Id).Order());
        Assert.Null(await Store.FindAsync(Tenant, User, foreign.Id));
        Assert.Null(await Store.DeleteAsync(Tenant, User, foreign.Id, withContent: true));
        Assert.Null(await Store.UpdateAsync(Tenant, User, foreign.Id, new AssetChange("stolen", null, null)));
        Assert.Null(await Store.FindAsync("other", User, own.Id));
    }

    [Fact]
    public async Task Tags_AddedAndRemoved_SayWhatChanged()
    {
        var asset = await InsertAsync("a", HashA, tags: ["input", "a1"]);

        var added = await Store.AddTagsAsync(Tenant, User, asset.Id, ["zed", "a1", "b"]);
        var removed = await Store.RemoveTagsAsync(Tenant, User, asset.Id, ["a1", "zz"]);

        Assert.Equal(["b", "zed"], added!.Changed);
        Assert.Equal(["a1"], added.Unchanged);
        Assert.Equal(["a1"], removed!.Changed);
        Assert.Equal(["zz"], removed.Unchanged);
        Assert.Equal(["b", "input", "zed"], removed.Tags);
        Assert.Null(await Store.AddTagsAsync(Tenant, User, Guid.NewGuid(), ["x"]));
    }

    [Fact]
    public async Task Tags_ListedAndRefined_CountShownAssets()
    {
        await InsertAsync("a", HashA, tags: ["input", "red", "blue"]);
        await InsertAsync("b", HashA, tags: ["input", "red"]);
        var deleted = await InsertAsync("c", HashA, tags: ["input", "green"]);
        await Store.DeleteAsync(Tenant, User, deleted.Id, withContent: false);

        var all = await Store.TagsAsync(Tenant, User, new TagQuery("", "", ByName: false, WithUnused: true, 0, 100));
        var used = await Store.TagsAsync(Tenant, User, new TagQuery("", "r", ByName: true, WithUnused: false, 0, 100));
        var refined = await Store.RefineAsync(Tenant, User, new AssetFilter { IncludeTags = ["red"], ExcludeTags = ["blue"] }, new RefineQuery(ByName: false, Ascending: false, 0, 10));

        Assert.Equal([new("input", 2), new("red", 2), new("blue", 1), new("green", 0)], all.Tags);
        Assert.Equal([new TagCount("red", 2)], used.Tags);
        Assert.Equal([new("input", 1), new("red", 1)], refined);
    }

    [Theory]
    [InlineData(false, false, "input red blue")]
    [InlineData(false, true, "blue input red")]
    [InlineData(true, true, "blue input red")]
    [InlineData(true, false, "red input blue")]
    public async Task Refine_SortedAndPaged_GoesThroughAllTagsInOrder(bool byName, bool ascending, string order)
    {
        await InsertAsync("a", HashA, tags: ["input", "red", "blue"]);
        await InsertAsync("b", HashA, tags: ["input", "red"]);

        var pages = new List<TagCount>();
        for (var offset = 0; offset < 4; offset += 2)
            pages.AddRange(await Store.RefineAsync(Tenant, User, new AssetFilter(), new RefineQuery(byName, ascending, offset, 2)));

        Assert.Equal(order.Split(' '), pages.Select(tag => tag.Name));
        Assert.Equal([1, 2, 2], pages.Select(tag => tag.Count).Order());
    }

    [Fact]
    public async Task Update_Metadata_ReplacesItAndIsFoundByIt()
    {
        var asset = await InsertAsync("a", HashA, metadata: """{"old": 1}""");

        var updated = await Store.UpdateAsync(Tenant, User, asset.Id, new AssetChange("renamed", """{"new": 1}""", null));

        Assert.Equal(("renamed", """{"new": 1}"""), (updated!.Name, updated.UserMetadata));
        Assert.Empty((await ListAsync(new AssetFilter { Metadata = Matches("""{"old": 1}""") })).Assets);
        Assert.Single((await ListAsync(new AssetFilter { Metadata = Matches("""{"new": 1}""") })).Assets);
    }

    [Fact]
    public async Task Delete_WithoutContent_HidesTheAssetAndKnowsTheContent()
    {
        var asset = await InsertAsync("a", HashA, path: "a.png");

        Assert.Empty((await Store.DeleteAsync(Tenant, User, asset.Id, withContent: false))!.Value);

        Assert.Null(await Store.FindAsync(Tenant, User, asset.Id));
        Assert.Null(await Store.DeleteAsync(Tenant, User, asset.Id, withContent: false));
        Assert.True(await Store.HasContentAsync(Tenant, HashA));
    }

    [Fact]
    public async Task Delete_WithContent_GivesTheFilesUpWithTheLastReference()
    {
        var first = await InsertAsync("a", HashA, path: "a.png");
        var second = await InsertAsync("b", HashA);

        Assert.Empty((await Store.DeleteAsync(Tenant, User, first.Id, withContent: true))!.Value);
        Assert.Equal([new AssetPlace("input", "a.png")], (await Store.DeleteAsync(Tenant, User, second.Id, withContent: true))!.Value);
        Assert.False(await Store.HasContentAsync(Tenant, HashA));
    }

    [Fact]
    public async Task UpsertFile_WrittenAnew_IsTheSameAssetWithTheNewContent()
    {
        var first = await Store.UpsertFileAsync(Tenant, File("sub/a.png", HashA, 3));
        await Store.DeleteAsync(Tenant, User, first.Id, withContent: false);
        var again = await Store.UpsertFileAsync(Tenant, File("sub/a.png", HashB, 4));

        Assert.Equal((first.Id, HashB, 4), (again.Id, again.Hash, again.Size));
        Assert.Equal(["input", "sub"], again.Tags);
        Assert.Equal((4, false), await Store.FilesAsync(Tenant, "input", CancellationToken.None).Select(f => (f.Size, f.Missing)).SingleAsync());
        Assert.Single((await ListAsync(new AssetFilter())).Assets);
    }

    [Fact]
    public async Task HideMissing_ShownAsset_IsListedNoMoreUntilItsFileIsBack()
    {
        var asset = await Store.UpsertFileAsync(Tenant, File("a.png", HashA, 3));
        await Store.HideMissingAsync([asset.Id]);

        Assert.Empty((await ListAsync(new AssetFilter())).Assets);
        Assert.True((await Store.FilesAsync(Tenant, "input", CancellationToken.None).SingleAsync()).Missing);
        await Store.UpsertFileAsync(Tenant, File("a.png", HashA, 3));
        Assert.Single((await ListAsync(new AssetFilter())).Assets);
    }

    [Fact]
    public async Task UpsertFile_SavedByAPrompt_NamesItUntilAnotherContentTakesThePlace()
    {
        var saved = await Store.UpsertFileAsync(Tenant, File("a.png", HashA, 3, job: "p1"));
        var scanned = await Store.UpsertFileAsync(Tenant, File("a.png", HashA, 3));
        var replaced = await Store.UpsertFileAsync(Tenant, File("a.png", HashB, 4));

        Assert.Equal(("p1", "p1", null), (saved.JobId, scanned.JobId, replaced.JobId));
    }

    [Fact]
    public async Task Exists_OfAnotherUser_IsKnownButNotSeen()
    {
        var asset = await InsertAsync("a", HashA);

        Assert.Null(await Store.FindAsync(Tenant, "other", asset.Id));
        Assert.True(await Store.ExistsAsync(Tenant, asset.Id));
        Assert.False(await Store.ExistsAsync("other", asset.Id));
    }

    [Fact]
    public async Task Insert_FileOfAnotherAsset_GoesToTheNewOne()
    {
        var old = await InsertAsync("old", HashA, path: "a.png");
        var made = await InsertAsync("new", HashB, path: "a.png");

        Assert.Null((await Store.FindAsync(Tenant, User, old.Id))!.Place);
        Assert.Equal("a.png", made.Place!.Path);
    }

    private static NewAsset New(string name, string hash) => new() { User = User, Name = name, Hash = hash, Tags = [] };

    private Task<Asset> InsertAsync(
        string name, string hash, long size = 1, string mime = "text/plain", string? path = null, string metadata = "{}", ImmutableArray<string> tags = default) =>
        Store.InsertAsync(Tenant, New(name, hash) with
        {
            Size = size,
            MimeType = mime,
            Place = path is null ? null : new AssetPlace("input", path),
            UserMetadata = metadata,
            Tags = tags.IsDefault ? [] : tags,
        });

    private static FileAsset File(string path, string hash, long size, string? job = null)
    {
        var place = new AssetPlace("input", path);
        return AssetFiles.Describe(new AssetFile(User, place, hash, size, DateTimeOffset.UnixEpoch.AddSeconds(size), job), FileKey.Create(FileArea.Input, path));
    }

    private Task<AssetPage> ListAsync(AssetFilter filter, AssetSort sort = AssetSort.CreatedAt, bool ascending = true) =>
        Store.ListAsync(Tenant, User, new AssetQuery(filter, sort, ascending, 0, 100));

    private static ImmutableArray<MetadataMatch> Matches(string filter)
    {
        using var document = JsonDocument.Parse(filter);
        return [.. document.RootElement.EnumerateObject().Select(m => new MetadataMatch(m.Name, [.. MetadataText.Searchable(m.Value)], m.Value.ValueKind is JsonValueKind.Null))];
    }
}

/// <summary>The suite on a SQLite file.</summary>
public sealed class SqliteAssetStoreTests : AssetStoreSuite
{
    private protected override Task<ServiceProvider> OpenAsync() =>
        Task.FromResult(StoreServices.Build(("Farm:Data:Root", Directory.CreateTempSubdirectory("farm-assets-").FullName)));
}

/// <summary>The suite on a real PostgreSQL server.</summary>
public sealed class PostgresAssetStoreTests(PostgresFixture postgres) : AssetStoreSuite
{
    private protected override async Task<ServiceProvider> OpenAsync() => StoreServices.Build(
        ("Farm:Database:Provider", "postgres"), ("Farm:Database:ConnectionString", await (await postgres.ServerAsync()).CreateDatabaseAsync()));
}
