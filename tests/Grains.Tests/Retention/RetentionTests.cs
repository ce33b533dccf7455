using Farm.Grains.Tests.Persistence;
using Farm.TestSupport.S3;

namespace Farm.Grains.Tests.Retention;

/// <summary>SQLite and local folders.</summary>
public sealed class SqliteRetentionTests : RetentionSuite
{
    private protected override Task<Dictionary<string, string?>> OptionsAsync() => Task.FromResult(new Dictionary<string, string?>(StringComparer.Ordinal));

    [Fact]
    public async Task Files_BehindSymbolicLinks_Stay()
    {
        var share = Directory.CreateTempSubdirectory("farm-share-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(share, "theirs.png"), "x");
            Directory.CreateSymbolicLink(Path.Combine(DataRoot, "output", "out"), share);
            var inside = Directory.CreateDirectory(Path.Combine(DataRoot, "output", "real")).FullName;
            File.WriteAllText(Path.Combine(inside, "ours.png"), "x");
            Directory.CreateSymbolicLink(Path.Combine(DataRoot, "output", "in"), inside);

            await LetPassAndRunAsync();

            Assert.True(File.Exists(Path.Combine(share, "theirs.png")));
            Assert.False(File.Exists(Path.Combine(inside, "ours.png")));
            Assert.True(Directory.Exists(Path.Combine(DataRoot, "output", "in")));
        }
        finally
        {
            Directory.Delete(share, recursive: true);
        }
    }
}

/// <summary>A real PostgreSQL server and local folders.</summary>
public sealed class PostgresRetentionTests(PostgresFixture postgres) : RetentionSuite
{
    private protected override async Task<Dictionary<string, string?>> OptionsAsync() => await PostgresOptions.OfAsync(postgres);
}

/// <summary>A real PostgreSQL server and an S3 server.</summary>
public sealed class BucketRetentionTests(PostgresFixture postgres, S3Fixture s3) : RetentionSuite, IClassFixture<S3Fixture>
{
    private protected override async Task<Dictionary<string, string?>> OptionsAsync()
    {
        var options = await PostgresOptions.OfAsync(postgres);
        foreach (var (key, value) in s3.Server.Options($"{Guid.NewGuid():N}/")) options[key] = value;
        return options;
    }
}

/// <summary>The S3 server of a class.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    public S3Server Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await S3Server.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Options of a database of its own.</summary>
internal static class PostgresOptions
{
    public static async Task<Dictionary<string, string?>> OfAsync(PostgresFixture postgres) => new(StringComparer.Ordinal)
    {
        ["Farm:Database:Provider"] = "postgres",
        ["Farm:Database:ConnectionString"] = await (await postgres.ServerAsync()).CreateDatabaseAsync(),
    };
}
