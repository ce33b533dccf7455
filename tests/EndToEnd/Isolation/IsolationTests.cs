using System.Text.Json.Nodes;
using Farm.EndToEnd.Fuzzing;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>Tenants over every operation: another's things are not there, cannot be told from what there is not, and stay as they are.</summary>
public abstract class IsolationTests(TenantFarm farm)
{
    /// <summary>Operations that the matrix does not name, and those that it names and there are not.</summary>
    [Fact]
    public void Matrix_EveryOperation_IsInIt()
    {
        var tried = IsolationMatrix.All.Select(attempt => attempt.Operation).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Operation.All.Select(operation => operation.Name).Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(TenantFarm.Other)]
    [InlineData(TenantFarm.Unnamed)]
    public Task EveryOperation_OnAnotherTenantsThings_FindsNothingAndChangesNothing(string tenant) => MatrixRun.TryAllAsync(farm, tenant, TestContext.Current.CancellationToken);

    [Fact]
    public async Task SamePromptIdAndNames_InTwoTenants_AreTwoPromptsWithTheirOwnFiles()
    {
        var cancel = TestContext.Current.CancellationToken;
        var id = Guid.NewGuid().ToString();
        using var one = await TenantClient.SignUpAsync(farm, "one", "user");
        using var two = await TenantClient.SignUpAsync(farm, "two", "user");
        (TenantClient Client, int Colour)[] tenants = [(one, 0x204060), (two, 0x604020)];
        foreach (var (client, colour) in tenants)
            Assert.Equal(200, (await client.SubmitAsync(Graphs.Colour(colour, size: 16, prefix: "same"), id, clientId: "same")).Status);
        foreach (var (client, colour) in tenants)
        {
            var image = (await client.EndedAsync(id, cancel)).GetProperty("outputs").GetProperty("save").GetProperty("images")[0];
            Assert.Equal("same_00001_.png", image.GetProperty("filename").GetString());
            using var http = farm.ClientOf(client.Tenant);
            var (_, _, rgb) = Pictures.Decode(await http.GetByteArrayAsync("/view?filename=same_00001_.png", cancel));
            Assert.Equal([(byte)(colour >> 16), (byte)(colour >> 8), (byte)colour], rgb[..3]);
        }
        await one.PostAsync("/history", new JsonObject { ["delete"] = new JsonArray(id) });
        Assert.Equal("{}", (await one.GetAsync($"/history/{id}")).Body);
        Assert.NotEqual("{}", (await two.GetAsync($"/history/{id}")).Body);
    }

    [Fact]
    public async Task SameGraph_InTwoTenants_IsRunForEach()
    {
        var cancel = TestContext.Current.CancellationToken;
        var graph = Graphs.Colour(0x102030, blurs: 1, prefix: "cached");
        foreach (var tenant in (string[])["first", "second"])
        {
            using var client = await TenantClient.SignUpAsync(farm, tenant, "user");
            var submitted = await client.SubmitAsync(graph);
            Assert.True(submitted.Status == 200, submitted.Body);
            var id = submitted.Json.GetProperty("prompt_id").GetString()!;
            var entry = await client.EndedAsync(id, cancel);
            Assert.Equal("cached_00001_.png", entry.GetProperty("outputs").GetProperty("save").GetProperty("images")[0].GetProperty("filename").GetString());
            Assert.Contains("\"nodes\":[]", entry.GetProperty("status").GetRawText(), StringComparison.Ordinal);
            Assert.Equal(200, (await client.GetAsync("/view?filename=cached_00001_.png")).Status);
        }
    }

    [Fact]
    public async Task Operator_OfTheFarm_SeesEveryTenantsPromptsAndWorkers()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var client = await TenantClient.SignUpAsync(farm, "seen", "user");
        var id = (await client.SubmitAsync(Graphs.Colour(1, size: 16))).Json.GetProperty("prompt_id").GetString()!;
        await client.EndedAsync(id, cancel);
        using var operators = await TenantClient.SignUpAsync(farm, TenantFarm.Operators, "operator");
        Assert.Equal(200, (await operators.GetAsync($"/farm/api/prompts/{id}")).Status);
        Assert.Equal(200, (await operators.GetAsync($"/farm/api/prompts/{id}?tenant=seen")).Status);
        Assert.Equal(404, (await operators.GetAsync($"/farm/api/prompts/{id}?tenant=zeta")).Status);
        Assert.Contains(id, (await operators.GetAsync("/farm/api/ledger?tenant=seen")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await operators.GetAsync("/farm/api/workers")).Status);
        Assert.Equal(200, (await operators.GetAsync("/internal/logs")).Status);
        Assert.Equal(200, (await operators.PostAsync("/free", new JsonObject { ["free_memory"] = true })).Status);
    }
}

/// <summary>Over local folders.</summary>
public sealed class LocalIsolationTests(LocalTenantFarm farm) : IsolationTests(farm), IClassFixture<LocalTenantFarm>;

/// <summary>Over a bucket.</summary>
public sealed class S3IsolationTests(S3TenantFarm farm) : IsolationTests(farm), IClassFixture<S3TenantFarm>;
