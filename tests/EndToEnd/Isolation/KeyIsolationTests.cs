using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>A farm where callers sign in: each tenant has a key of its own, and the header that names a tenant counts for nothing.</summary>
public sealed class KeyTenantFarm : TenantFarm
{
    private const string FirstKey = "first-key-of-the-isolation-tests-0123456789";

    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <summary>A key that may all but operate, with the name of another tenant beside it.</summary>
    public override IEnumerable<(string Name, string Value)> HeadersOf(string tenant) => [("X-API-Key", KeyOf(tenant)), ("X-Farm-Tenant", Operators)];

    private protected override IEnumerable<string> ModeArguments() => [$"--Farm:Security:BootstrapKey={FirstKey}"];

    private string KeyOf(string tenant)
    {
        if (_keys.TryGetValue(tenant, out var known))
            return known;
        using var client = new HttpClient { BaseAddress = Process.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/farm/api/keys")
        {
            Headers = { { "X-API-Key", FirstKey } },
            Content = JsonContent.Create(new { name = tenant, tenant, scopes = new[] { "read", "submit" } }),
        };
        using var answer = client.Send(request);
        answer.EnsureSuccessStatusCode();
        using var made = JsonDocument.Parse(answer.Content.ReadAsStream());
        return _keys[tenant] = made.RootElement.GetProperty("key").GetString()!;
    }
}

/// <summary>The matrix where a key names the tenant.</summary>
public sealed class KeyIsolationTests(KeyTenantFarm farm) : IClassFixture<KeyTenantFarm>
{
    [Fact]
    public Task EveryOperation_WithAnotherTenantsKey_FindsNothingAndChangesNothing() => MatrixRun.TryAllAsync(farm, TenantFarm.Other, TestContext.Current.CancellationToken);
}
