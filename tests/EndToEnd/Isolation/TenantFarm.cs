using Farm.EndToEnd.ExecutionRules;
using Farm.EndToEnd.Harness;
using Farm.TestSupport.S3;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>A farm of several tenants, which a proxy in front of it names, with users, operated by tenant <c>ops</c>, over one kind of store.</summary>
public abstract class TenantFarm : IAsyncLifetime
{
    private readonly DataRoot _root = new();

    /// <summary>Whose things others are after.</summary>
    public const string Owner = "acme";

    /// <summary>Another tenant.</summary>
    public const string Other = "zeta";

    /// <summary>The tenant of requests that name none; it operates nothing here.</summary>
    public const string Unnamed = "default";

    /// <summary>The tenant whose requests operate the farm.</summary>
    public const string Operators = "ops";

    public FarmProcess Process { get; private set; } = null!;

    /// <summary>A client of a tenant, with a user where one is given.</summary>
    public HttpClient ClientOf(string tenant, string? user = null)
    {
        var client = new HttpClient { BaseAddress = Process.Address };
        foreach (var (name, value) in HeadersOf(tenant))
            client.DefaultRequestHeaders.Add(name, value);
        if (user is not null)
            client.DefaultRequestHeaders.Add("Comfy-User", user);
        return client;
    }

    /// <summary>What tells the farm whose request it is.</summary>
    public virtual IEnumerable<(string Name, string Value)> HeadersOf(string tenant) => [("X-Farm-Tenant", tenant)];

    public virtual async ValueTask InitializeAsync() => Process = await FarmProcess.StartAsync(
        _root,
        [
            .. ModeArguments(), $"--Farm:Tenants:Operators={Operators}", "--Farm:Users:MultiUser=true", $"--Farm:Pools:Of:own:Tenants:0={Owner}",
            "--Farm:Assets:ScanAtStart=false", "--Farm:Worker:Parallelism=2", "--Farm:Worker:Packs:Root", RulesFarm.Packs, "--Farm:Worker:Packs:DefineTimeout", "00:00:01",
            .. StoreArguments(),
        ]);

    public virtual async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _root.Dispose();
    }

    /// <summary>Where a tenant's name comes from.</summary>
    private protected virtual IEnumerable<string> ModeArguments() => ["--Farm:Tenants:TrustHeader=true"];

    private protected virtual IEnumerable<string> StoreArguments() => [];
}

/// <summary>Files in local folders.</summary>
public sealed class LocalTenantFarm : TenantFarm;

/// <summary>Files in a bucket. It needs Node.js and npm, for the S3 server.</summary>
public sealed class S3TenantFarm : TenantFarm
{
    private S3Server _s3 = null!;

    public override async ValueTask InitializeAsync()
    {
        _s3 = await S3Server.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _s3.DisposeAsync();
    }

    private protected override IEnumerable<string> StoreArguments() => _s3.Options("farm/").Select(option => $"--{option.Key}={option.Value}");
}
