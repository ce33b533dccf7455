using System.Security.Cryptography;
using Xunit;

namespace Farm.Storage.Tests.Suites;

/// <summary>What every file store does, whatever keeps its files.</summary>
public abstract class FileStoreSuite
{
    /// <summary>An empty store.</summary>
    protected abstract Task<StorageFixture> CreateAsync();

    protected static FileKey Input(string name) => FileKey.Create(FileArea.Input, name);

    [Fact]
    public async Task Write_NewFile_IsFoundReadAndListed()
    {
        await using var store = await CreateAsync();
        var entry = await store.Files.WriteAsync(Input("sub/a.txt"), StorageFixture.Text("hello"), overwrite: false);
        Assert.Equal(5, entry!.Size);
        Assert.Equal(entry, await store.Files.FindAsync(Input("sub/a.txt")));
        Assert.Equal([entry], await store.Files.ListAsync(FileArea.Input, "", recursive: true).ToListAsync());
        Assert.Equal("hello", await store.ReadAsync(FileArea.Input, "sub/a.txt"));
        await using var other = await store.AnotherAsync();
        Assert.Equal(entry, await other.Files.FindAsync(Input("sub/a.txt")));
        Assert.Equal("hello", await other.ReadAsync(FileArea.Input, "sub/a.txt"));
    }

    [Fact]
    public async Task Write_EmptyFile_IsAFile()
    {
        await using var store = await CreateAsync();
        Assert.Equal(0, (await store.StoreAsync(FileArea.User, "default/empty.json", "")).Size);
        Assert.Equal("", await store.ReadAsync(FileArea.User, "default/empty.json"));
    }

    [Fact]
    public async Task Write_NameTakenWithoutOverwrite_LeavesTheFileAndSaysSo()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Input, "a.txt", "old");
        Assert.Null(await store.Files.WriteAsync(Input("a.txt"), StorageFixture.Text("new"), overwrite: false));
        Assert.Equal("old", await store.ReadAsync(FileArea.Input, "a.txt"));
        Assert.NotNull(await store.Files.WriteAsync(Input("a.txt"), StorageFixture.Text("new"), overwrite: true));
        Assert.Equal("new", await store.ReadAsync(FileArea.Input, "a.txt"));
    }

    [Fact]
    public async Task Write_ManyWritersOfOneName_OneWins()
    {
        await using var store = await CreateAsync();
        await using var other = await store.AnotherAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? store : other).Files.WriteAsync(Input("one.txt"), StorageFixture.Text($"writer {i}"), overwrite: false))));
        var winner = Array.FindIndex(results, entry => entry is not null);
        Assert.Single(results, entry => entry is not null);
        Assert.Equal($"writer {winner}", await store.ReadAsync(FileArea.Input, "one.txt"));
    }

    [Fact]
    public async Task Write_WriterFailsHalfWay_LeavesNothing()
    {
        await using var store = await CreateAsync();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await store.Files.WriteAsync(Input("a.txt"), async (stream, cancel) =>
        {
            await stream.WriteAsync("half"u8.ToArray(), cancel);
            throw new InvalidDataException();
        }, overwrite: true));
        Assert.Null(await store.Files.FindAsync(Input("a.txt")));
        Assert.Empty(await store.PathsAsync(FileArea.Input));
    }

    [Fact]
    public async Task Write_OntoAFolderOrBelowAFile_IsRefused()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.User, "default/workflows/a.json");
        await Assert.ThrowsAsync<NameConflictException>(() => store.StoreAsync(FileArea.User, "default/workflows"));
        await Assert.ThrowsAsync<NameConflictException>(() => store.StoreAsync(FileArea.User, "default/workflows/a.json/b.json"));
        await Assert.ThrowsAsync<NameConflictException>(() => store.StoreAsync(FileArea.User, "default/workflows/a.json/b/c.json"));
        Assert.Null(await store.Files.WriteAsync(FileKey.Create(FileArea.User, "default/workflows"), StorageFixture.Text("x"), overwrite: false));
        Assert.Equal(["default/workflows/a.json"], await store.PathsAsync(FileArea.User));
    }

    [Fact]
    public async Task Find_FolderOrNothing_IsNoFile()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Input, "folder/a.txt");
        foreach (var name in (string[])["folder", "folder/none", "folder/a.txt/below", "other"])
        {
            Assert.Null(await store.Files.FindAsync(Input(name)));
            await Assert.ThrowsAsync<FileNotFoundException>(async () => await store.Files.OpenReadAsync(Input(name)));
            await Assert.ThrowsAsync<FileNotFoundException>(async () => await store.Files.MaterializeAsync(Input(name)));
            Assert.False(await store.Files.DeleteAsync(Input(name)));
        }
    }

    [Fact]
    public async Task Delete_File_IsGoneAndTheNameIsFree()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Input, "a.txt", "first");
        await store.StoreAsync(FileArea.Input, "b.txt", "first");
        Assert.True(await store.Files.DeleteAsync(Input("a.txt")));
        Assert.Equal(["b.txt"], await store.PathsAsync(FileArea.Input));
        Assert.Equal("first", await store.ReadAsync(FileArea.Input, "b.txt"));
        Assert.NotNull(await store.Files.WriteAsync(Input("a.txt"), StorageFixture.Text("second"), overwrite: false));
        Assert.Equal("second", await store.ReadAsync(FileArea.Input, "a.txt"));
    }

    [Fact]
    public async Task OpenRead_FileReplacedMeanwhile_ReadsTheOldContentToItsEnd()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Input, "a.txt", "old content");
        await using var open = await store.Files.OpenReadAsync(Input("a.txt"));
        await store.StoreAsync(FileArea.Input, "a.txt", "new");
        Assert.Equal("old content", await new StreamReader(open).ReadToEndAsync());
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(12_000_000)]
    public async Task OpenRead_SoughtAndReadInPieces_GivesTheBytesOfEachRange(int size)
    {
        await using var store = await CreateAsync();
        var content = new byte[size];
        RandomNumberGenerator.Fill(content);
        await store.Files.WriteAsync(Input("a.bin"), async (stream, cancel) => await stream.WriteAsync(content, cancel), overwrite: false);
        await using var open = await store.Files.OpenReadAsync(Input("a.bin"));
        Assert.Equal(size, open.Length);
        foreach (var (start, length) in ((int, int)[])[(size - 10, 10), (0, 10), (size / 2, 50_000), (size / 2 + 7, 1), (0, size)])
        {
            open.Seek(start, SeekOrigin.Begin);
            var part = new byte[length];
            await open.ReadExactlyAsync(part);
            Assert.True(content.AsSpan(start, length).SequenceEqual(part));
        }
        open.Position = 3;
        Assert.Equal(content[3], open.ReadByte());
        open.Seek(0, SeekOrigin.End);
        Assert.Equal(0, await open.ReadAsync(new byte[10]));
    }

    [Fact]
    public async Task Materialize_File_IsAPathOfThisMachineWithItsBytesAndExtension()
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Output, "checkpoints/a.safetensors", "weights");
        await using var other = await store.AnotherAsync();
        var path = await other.Files.MaterializeAsync(FileKey.Create(FileArea.Output, "checkpoints/a.safetensors"));
        Assert.Equal("weights", await File.ReadAllTextAsync(path));
        Assert.Equal(".safetensors", Path.GetExtension(path));
    }

    [Fact]
    public async Task List_Area_IsInOrderOfPaths()
    {
        await using var store = await CreateAsync();
        foreach (var name in (string[])["b.txt", "a/z.txt", "a.txt", "B.txt", "a/b/c.txt", "a b.txt", "ä.txt", "a-b/x.txt"])
            await store.StoreAsync(FileArea.Input, name, name);
        await store.StoreAsync(FileArea.Output, "elsewhere.txt");
        Assert.Equal(["B.txt", "a b.txt", "a-b/x.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "ä.txt"], await store.PathsAsync(FileArea.Input));
        Assert.Equal(["B.txt", "a b.txt", "a.txt", "b.txt", "ä.txt"], await store.PathsAsync(FileArea.Input, recursive: false));
        Assert.Equal(["a/b/c.txt", "a/z.txt"], await store.PathsAsync(FileArea.Input, "a"));
        Assert.Equal(["a/z.txt"], await store.PathsAsync(FileArea.Input, "a/", recursive: false));
        Assert.Empty(await store.PathsAsync(FileArea.Input, "none"));
        await Assert.ThrowsAsync<UnsafeFileNameException>(() => store.PathsAsync(FileArea.Input, "../output"));
    }

    [Theory]
    [InlineData("%2e%2e%2fx")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%252e%252e%252f")]
    [InlineData("x..png")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("．．/x")]
    [InlineData("日本 ✓ 😀/ä ö+&?#=.png")]
    [InlineData(":/:")]
    [InlineData("a:/:/b")]
    [InlineData("names/input/:/x")]
    [InlineData("line\nfeed\u0001.txt")]
    [InlineData("<a href=\"x\">&amp;'*(!)|~.txt")]
    [InlineData("blobs")]
    public async Task Names_OfEveryEncoding_StayInTheirAreaAndComeBackUnchanged(string name)
    {
        await using var store = await CreateAsync();
        await store.StoreAsync(FileArea.Input, name, name);
        Assert.Equal(name, await store.ReadAsync(FileArea.Input, name));
        Assert.Equal([name], await store.PathsAsync(FileArea.Input));
        foreach (var area in (FileArea[])[FileArea.Output, FileArea.Temp, FileArea.User])
            Assert.Empty(await store.PathsAsync(area));
        Assert.True(await store.Files.DeleteAsync(Input(name)));
        Assert.Empty(await store.PathsAsync(FileArea.Input));
    }
}
