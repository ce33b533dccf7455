using Farm.Storage.Tests.S3;
using Farm.TestSupport.S3;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedS3))]

namespace Farm.Storage.Tests.S3;

/// <summary>One S3 server for all tests, each of which has a prefix of its own.</summary>
public sealed class SharedS3 : IAsyncLifetime
{
    /// <summary>As it is: without conditions.</summary>
    public S3Server Server { get; private set; } = null!;

    /// <summary>The same server behind one that knows conditions.</summary>
    public ConditionalServer Conditional { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await S3Server.StartAsync();
        Conditional = await ConditionalServer.StartAsync(Server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await Conditional.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>A store with a prefix of its own, small parts and few files read through local copies.</summary>
    /// <param name="conditions">Whether its server knows If-None-Match.</param>
    /// <param name="options">Other options.</param>
    public Task<StorageFixture> CreateAsync(bool conditions = false, params (string Key, string Value)[] options) => StorageFixture.CreateAsync(
    [
        .. Server.Options($"{Guid.NewGuid():N}/").Select(option => (option.Key, option.Value)),
        ("Farm:Storage:S3:PartSize", $"{5 << 20}"),
        ("Farm:Storage:S3:CachedFileSize", "1000000"),
        .. conditions ? (ReadOnlySpan<(string, string)>)[("Farm:Storage:S3:Endpoint", Conditional.Address.ToString())] : [],
        .. options,
    ]);
}
