using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Farm.Contracts.Security;
using Farm.Gateway.OpenApi;
using Farm.Gateway.Security.Scopes;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>Every route of the surface, over a real socket: what a caller must be allowed is what operations.txt says.</summary>
public sealed partial class RouteScopeTests
{
    private const AccessScopes All = AccessScopes.Read | AccessScopes.Submit | AccessScopes.Operate;

    /// <summary>Pages, and what describes the API: no operations of it, so their method decides.</summary>
    private static readonly string[] Pages = ["/", "/farm", "/openapi/{documentName}.json", "/scalar", "/farm/login", "/farm/logout"];

    [Fact]
    public async Task Operations_WithoutAKey_AreA401()
    {
        await using var host = await SecureHost.StartAsync(("Farm:Security:RateLimits:PerAddress", "0"));

        var let = await WhoseStatusAsync(host, null, OperationTable.All.Keys, status => status != HttpStatusCode.Unauthorized);

        Assert.Empty(let);
    }

    [Fact]
    public async Task Operations_WithEveryOtherScope_AreA403()
    {
        await using var host = await SecureHost.StartAsync();
        foreach (var scope in new[] { AccessScopes.Read, AccessScopes.Submit, AccessScopes.Operate })
        {
            var key = host.AddKey(All & ~scope);

            var let = await WhoseStatusAsync(host, key, Of(scope), status => status != HttpStatusCode.Forbidden);

            Assert.Empty(let);
        }
    }

    [Fact]
    public async Task Operations_WithTheirScopeAlone_AreLetIn()
    {
        await using var host = await SecureHost.StartAsync();
        foreach (var scope in new[] { AccessScopes.Read, AccessScopes.Submit, AccessScopes.Operate })
        {
            var key = host.AddKey(scope);

            var kept = await WhoseStatusAsync(host, key, Of(scope), status => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);

            Assert.NotEmpty(Of(scope));
            Assert.Empty(kept);
        }
    }

    [Fact]
    public async Task Routes_Mapped_HaveAScopeOfTheTable()
    {
        await using var host = await SecureHost.StartAsync();

        var without = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<RouteScope>() is null).Select(e => e.RoutePattern.RawText!)
            .Where(path => !Pages.Any(page => path == page || path.StartsWith("/scalar", StringComparison.Ordinal)));

        Assert.Empty(without);
    }

    private static IEnumerable<string> Of(AccessScopes scope) => OperationTable.All.Where(o => o.Value.Scope == scope).Select(o => o.Key);

    private static async Task<List<string>> WhoseStatusAsync(SecureHost host, string? key, IEnumerable<string> operations, Func<HttpStatusCode, bool> wanted)
    {
        var found = new List<string>();
        foreach (var operation in operations)
        {
            var (method, path) = (operation.Split(' ')[0], Parameter().Replace(operation.Split(' ')[1], "x"));
            using var body = method is "GET" or "HEAD" ? null : new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await host.SendAsync(method, path, key, body);
            if (wanted(answer.StatusCode))
                found.Add($"{operation}: {answer.StatusCode}");
        }
        return found;
    }

    [GeneratedRegex("{[^}]*}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
