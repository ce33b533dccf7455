using System.Globalization;
using Farm.Storage.Hashing;
using Farm.Storage.S3;
using Farm.TestSupport.S3;
using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Storage.Tests.S3;

/// <summary>What only the store in a bucket has.</summary>
public sealed class S3StoreTests(SharedS3 s3)
{
    private const long MiB = 1 << 20;

    private static readonly CancellationToken None = CancellationToken.None;

    private static async Task<List<string>> KeysAsync(StorageFixture store, string start) =>
        await store.Part<S3Bucket>().ListAsync(start, None).Select(found => found.Key).ToListAsync();

    [Fact]
    public async Task Start_ServerWithAndWithoutConditions_IsTold()
    {
        await using var without = await s3.CreateAsync();
        Assert.False(without.Part<NameClaims>().ServerKnowsConditions);
        Assert.Contains("does not know If-None-Match", without.Log.Text, StringComparison.Ordinal);
        await using var with = await s3.CreateAsync(conditions: true);
        Assert.True(with.Part<NameClaims>().ServerKnowsConditions);
        Assert.DoesNotContain("If-None-Match", with.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_TakenNameAndServerWithConditions_IsRefusedByTheServer()
    {
        await using var store = await s3.CreateAsync(conditions: true);
        var before = s3.Conditional.Refused;
        Assert.True(await store.Part<NameClaims>().PutNewAsync("names/input/:/x", "1"u8.ToArray(), _ => false, None));
        Assert.False(await store.Part<NameClaims>().PutNewAsync("names/input/:/x", "2"u8.ToArray(), _ => false, None));
        // A repeated request whose first answer was lost finds its own write.
        Assert.True(await store.Part<NameClaims>().PutNewAsync("names/input/:/x", "1"u8.ToArray(), there => there is [(byte)'1'], None));
        Assert.True(s3.Conditional.Refused >= before + 2);
        Assert.Equal("1"u8.ToArray(), await store.Part<S3Bucket>().ReadAsync("names/input/:/x", None));
        Assert.Empty(await KeysAsync(store, "claims/"));
    }

    [Fact]
    public async Task Find_ServerGone_SaysThatFilesCannotBeReached()
    {
        await using var own = await S3Server.StartAsync();
        await using var store = await StorageFixture.CreateAsync([.. own.Options("").Select(option => (option.Key, option.Value))]);
        await own.StopAsync();
        await Assert.ThrowsAsync<FilesUnavailableException>(async () => await store.Files.FindAsync(FileKey.Create(FileArea.Input, "a.txt")));
    }

    [Fact]
    public async Task Start_BucketThatIsNotThere_NamesItAndKeepsTheSecret()
    {
        var failure = await Assert.ThrowsAsync<FilesUnavailableException>(() => s3.CreateAsync(
            false, ("Farm:Storage:S3:Bucket", "elsewhere"), ("Farm:Storage:S3:SecretKey", "very-secret")));
        Assert.Contains("The bucket 'elsewhere' at http://127.0.0.1:", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bucket", "Not_A_Bucket", "must name a bucket")]
    [InlineData("Endpoint", "ftp://x", "must be an http or https address")]
    [InlineData("Prefix", "/x/", "must be names")]
    [InlineData("Prefix", "../", "must be names")]
    [InlineData("Prefix", "no-slash", "must be names")]
    [InlineData("Region", " ", "must name a region")]
    [InlineData("PartSize", "1000", "must be 5242880 to 1073741824")]
    [InlineData("CacheSize", "0", "must be more than 0")]
    [InlineData("SweepGrace", "00:10:00", "must be 01:00:00 or more")]
    [InlineData("CredentialsFile", "/none", "must be a file")]
    public async Task Start_OptionThatBreaksItsRule_NamesOptionValueAndRule(string option, string value, string rule)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => s3.CreateAsync(false, ($"Farm:Storage:S3:{option}", value)));
        Assert.Contains($"Farm:Storage:S3:{option} is '{value}'; it {rule}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SecretWithoutItsKey_IsRefusedWithoutSayingIt()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => s3.CreateAsync(
            false, ("Farm:Storage:S3:AccessKey", ""), ("Farm:Storage:S3:SecretKey", "very-secret")));
        Assert.Contains("Farm:Storage:S3:AccessKey and Farm:Storage:S3:SecretKey must be given together.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_KeysInAFile_AreTaken()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"[studio]\naws_access_key_id = {S3Server.Key}\naws_secret_access_key = {S3Server.Key}\n");
            await using var store = await s3.CreateAsync(
                false, ("Farm:Storage:S3:AccessKey", ""), ("Farm:Storage:S3:SecretKey", ""), ("Farm:Storage:S3:CredentialsFile", file), ("Farm:Storage:S3:Profile", "studio"));
            await store.StoreAsync(FileArea.Input, "a.txt");
            var failure = await Assert.ThrowsAsync<IOException>(() => s3.CreateAsync(
                false, ("Farm:Storage:S3:AccessKey", ""), ("Farm:Storage:S3:SecretKey", ""), ("Farm:Storage:S3:CredentialsFile", file)));
            Assert.Contains("has no keys under the profile 'default'", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Areas_OfABucket_HaveNoFoldersAndModelsStayLocal()
    {
        await using var store = await s3.CreateAsync();
        await store.StoreAsync(FileArea.Models, "loras/a.safetensors", "weights");
        await store.StoreAsync(FileArea.Output, "x.png");
        Assert.Equal("weights", await File.ReadAllTextAsync(store.PathOf(FileArea.Models, "loras/a.safetensors")));
        Assert.All((FileArea[])[FileArea.Input, FileArea.Output, FileArea.Temp, FileArea.User], area => Assert.False(Directory.Exists(store.Folders.Of(area))));
        Assert.Equal(["names/output/:/x.png"], await KeysAsync(store, "names/"));
    }

    [Fact]
    public async Task Write_BigFile_GoesInPartsAndLeavesNothingOnTheWay()
    {
        await using var store = await s3.CreateAsync();
        using var writer = WriterProcess.Start(store, files: 1, size: 300 * MiB);
        var told = (await writer.StandardOutput.ReadLineAsync())!.Split(' ');
        await writer.WaitForExitAsync();
        Assert.True(long.Parse(told[1], CultureInfo.InvariantCulture) < 100 * MiB, $"The writer grew by {told[1]} bytes.");
        var file = await store.Files.FindAsync(FileKey.Create(FileArea.Output, told[0]));
        Assert.Equal(300 * MiB, file!.Size);
        Assert.Equal([$"blobs/{file.Hash!.Value.Hex}"], await KeysAsync(store, "blobs/"));
        Assert.Empty(await KeysAsync(store, "staging/"));
        await using var hashing = new HashingStream(Stream.Null);
        await using var content = await store.Files.OpenReadAsync(file.Key);
        await content.CopyToAsync(hashing);
        Assert.Equal(file.Hash, hashing.Hash);
    }

    [Fact]
    public async Task Write_BigFileWhoseWriterFails_LeavesNothing()
    {
        await using var store = await s3.CreateAsync();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await store.Files.WriteAsync(FileKey.Create(FileArea.Input, "a.bin"), async (stream, cancel) =>
        {
            await stream.WriteAsync(new byte[12 * MiB], cancel);
            throw new InvalidDataException();
        }, overwrite: true));
        Assert.Empty(await KeysAsync(store, "blobs/"));
        Assert.Empty(await KeysAsync(store, "staging/"));
    }

    [Fact]
    public async Task List_MoreThanAPage_ReadsAllPages()
    {
        await using var store = await s3.CreateAsync();
        for (var i = 0; i < 7; i++)
            await store.StoreAsync(FileArea.Input, $"{i}.txt");
        var listed = await store.Part<S3Bucket>().ListAsync("names/", most: 3, None).Select(found => found.Key).ToListAsync();
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"names/input/:/{i}.txt"), listed);
    }

    [Fact]
    public async Task Write_NameTooLongForAKey_IsRefused()
    {
        await using var store = await s3.CreateAsync();
        var name = string.Concat(Enumerable.Repeat("日本語の長い名前/", 20)) + "x.png";
        await Assert.ThrowsAsync<UnsafeFileNameException>(() => store.StoreAsync(FileArea.Input, name));
        await Assert.ThrowsAsync<UnsafeFileNameException>(async () => await store.Files.FindAsync(FileKey.Create(FileArea.Input, name)));
    }

    [Fact]
    public async Task Content_OfAUsersOwnFile_IsNotFoundByItsHash()
    {
        await using var store = await s3.CreateAsync();
        var own = await store.StoreAsync(FileArea.User, "default/notes.txt", "private");
        Assert.Null(await store.Contents.FindAsync(own.Hash!.Value));
        var shown = await store.StoreAsync(FileArea.Input, "notes.txt", "private");
        Assert.Equal(shown, await store.Contents.FindAsync(own.Hash!.Value));
    }

    [Fact]
    public async Task Cache_Copies_AreCheckedAndMadeRoomFor()
    {
        await using var store = await s3.CreateAsync(false, ("Farm:Storage:S3:CacheSize", "2500000"), ("Farm:Storage:S3:CachedFileSize", "2000000"));
        var files = new List<FileEntry>();
        for (var i = 0; i < 4; i++)
            files.Add(await store.StoreAsync(FileArea.Output, $"{i}.bin", new string((char)('a' + i), 1_000_000)));
        var paths = new List<string>();
        foreach (var file in files)
            paths.Add(await store.Files.MaterializeAsync(file.Key));
        Assert.All(paths, path => Assert.True(File.Exists(path)));
        // Ten minutes later the longest unused go when there is no room.
        for (var i = 0; i < paths.Count; i++)
            File.SetLastWriteTimeUtc(paths[i], TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(i - 30));
        await store.StoreAsync(FileArea.Output, "new.bin", new string('z', 1_000_000));
        await store.ReadAsync(FileArea.Output, "new.bin");
        Assert.Equal([false, false, false, true], paths.Select(File.Exists));

        var damaged = S3Keys.Blob(files[0].Hash!.Value);
        await store.Part<S3Bucket>().PutAsync(damaged, System.Text.Encoding.UTF8.GetBytes(new string('b', 1_000_000)), None);
        await Assert.ThrowsAsync<IOException>(async () => await store.Files.MaterializeAsync(files[0].Key));
    }

    [Fact]
    public async Task Catalog_UploadsAndSavedModels_AreListedAtOnceOnEveryMachine()
    {
        await using var store = await s3.CreateAsync();
        await using var other = await store.AnotherAsync();
        await other.Catalog.RefreshAsync();
        Assert.Empty(other.Catalog.Inputs(["image"]));
        await store.StoreAsync(FileArea.Input, "b.png");
        await store.StoreAsync(FileArea.Input, "a.webp");
        await store.StoreAsync(FileArea.Input, "sub/c.png");
        await store.StoreAsync(FileArea.Output, "checkpoints/my/saved.safetensors", "weights");
        await store.StoreAsync(FileArea.Output, "checkpoints/readme.txt");
        other.Put(FileArea.Models, "checkpoints/own.safetensors");
        await other.Catalog.RefreshAsync();
        Assert.Equal(["a.webp", "b.png"], other.Catalog.Inputs(["image"]));
        Assert.Equal(["my/saved.safetensors", "own.safetensors"], other.Catalog.Models("checkpoints")!.Value);
        Assert.True(other.Catalog.Inputs(["image"]) == other.Catalog.Inputs(["image"]));
        var key = other.Catalog.FindModel("checkpoints", "my/saved.safetensors");
        Assert.Equal(FileKey.Create(FileArea.Output, "checkpoints/my/saved.safetensors"), key);
        Assert.Equal("weights", await File.ReadAllTextAsync(await other.Files.MaterializeAsync(key!.Value)));
        Assert.Null(other.Catalog.FindModel("checkpoints", "../checkpoints/my/saved.safetensors"));
        await store.Files.DeleteAsync(FileKey.Create(FileArea.Input, "b.png"));
        await other.Catalog.RefreshAsync();
        Assert.Equal(["a.webp"], other.Catalog.Inputs(["image"]));
    }

    [Fact]
    public async Task Claims_OfADeadWriter_HoldANameUpAndNotForever()
    {
        await using var store = await s3.CreateAsync();
        var claims = store.Part<NameClaims>();
        Assert.True(await claims.PutNewAsync("names/input/:/x", "1"u8.ToArray(), _ => false, None));
        Assert.False(await claims.PutNewAsync("names/input/:/x", "2"u8.ToArray(), _ => false, None));
        Assert.Equal("1"u8.ToArray(), await store.Part<S3Bucket>().ReadAsync("names/input/:/x", None));
        // A claim that its writer never took back, older than the life of claims: s3rver tells the time of its file.
        var key = "names/input/:/y";
        var claim = $"claims/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)))}/dead/-";
        await store.Part<S3Bucket>().PutAsync(claim, "x"u8.ToArray(), None);
        var file = Directory.EnumerateFiles(s3.Server.BucketFolder, "-._S3rver_object", SearchOption.AllDirectories).Single(path => path.Contains("/dead/", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-2));
        Assert.True(await claims.PutNewAsync(key, "1"u8.ToArray(), _ => false, None));
    }
}
