using System.Net;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Prompts;

/// <summary>What a client may ask of the farm beyond ComfyUI: its tenant, and <c>extra_data.farm</c>.</summary>
public class FarmRequestTests
{
    private const string Graph = """{"1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 8, "batch_size": 1, "color": 1}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}""";

    [Fact]
    public async Task Farm_AllMembers_AreHandedOnAndStayInExtraData()
    {
        await using var host = await GatewayHost.StartAsync();
        const string farm = """{"pool":"night","labels":["big","big","a100"],"webhook":"https://a.example/hook","priority":"high","deadline":"2026-01-31T18:00:00+02:00","other":1}""";

        var answer = await PostAsync(host, $$$"""{"prompt": {{{Graph}}}, "extra_data": {"farm": {{{farm}}}}}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var submission = Assert.Single(host.Farm.Submitted);
        Assert.Equal(("night", PriorityClass.High), (submission.Needs.Pool, submission.Needs.Priority));
        Assert.Equal(["big", "a100"], submission.Needs.Labels);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 16, 0, 0, TimeSpan.Zero), submission.Needs.Deadline);
        Assert.StartsWith($$"""{"farm":{{farm}},"create_time":""", submission.ExtraData, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "extra_data.farm")]
    [InlineData("[]", "extra_data.farm")]
    [InlineData("""{"priority": 1}""", "extra_data.farm.priority")]
    [InlineData("""{"priority": "urgent"}""", "extra_data.farm.priority")]
    [InlineData("""{"deadline": 5}""", "extra_data.farm.deadline")]
    [InlineData("""{"deadline": "tomorrow"}""", "extra_data.farm.deadline")]
    [InlineData("""{"deadline": "31/01/2026"}""", "extra_data.farm.deadline")]
    [InlineData("""{"pool": ""}""", "extra_data.farm.pool")]
    [InlineData("""{"pool": "a\nb"}""", "extra_data.farm.pool")]
    [InlineData("""{"webhook": 5}""", "extra_data.farm.webhook")]
    [InlineData("""{"webhook": "ftp://a.example"}""", "extra_data.farm.webhook")]
    [InlineData("""{"webhook": "https://me@a.example"}""", "extra_data.farm.webhook")]
    [InlineData("""{"labels": "big"}""", "extra_data.farm.labels")]
    [InlineData("""{"labels": ["big", 5]}""", "extra_data.farm.labels[1]")]
    public async Task Farm_Broken_IsA400ThatNamesTheField(string farm, string field)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await PostAsync(host, $$$"""{"prompt": {{{Graph}}}, "extra_data": {"farm": {{{farm}}}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.StartsWith($"{field}: must be", error.GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Farm.Submitted);
    }

    [Fact]
    public async Task Shape_OfGraphs_IsThatOfTheirSizesNotOfSeedsAndTexts()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var (from, to) in new[] { ("x", "x"), ("\"color\": 1", "\"color\": 2"), ("\"width\": 16", "\"width\": 32") })
            await PostAsync(host, $$"""{"prompt": {{Graph.Replace(from, to, StringComparison.Ordinal)}}}""");

        var shapes = host.Farm.Submitted.Select(s => s.Needs.Shape).ToArray();

        Assert.Equal(shapes[0], shapes[1]);
        Assert.NotEqual(shapes[0], shapes[2]);
    }

    [Fact]
    public async Task Quota_Reached_Is429WithRetryAfterInComfysShape()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.RetryAfter = TimeSpan.FromSeconds(2.2);

        var answer = await PostAsync(host, $$"""{"prompt": {{Graph}}}""");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter!.Delta);
        Assert.Equal(
            """{"error":{"type":"too_many_pending","message":"Too many prompts wait","details":"as many prompts of the tenant wait as its quota allows","extra_info":{}},"node_errors":{}}""",
            await answer.Content.ReadAsStringAsync());
        Assert.Empty(host.Farm.Submitted);
    }

    [Theory]
    [InlineData(false, "studio-7", "default")]
    [InlineData(true, "studio-7", "studio-7")]
    [InlineData(true, null, "default")]
    public async Task Tenant_OfTheHeader_CountsOnlyWhereItIsTrusted(bool trusted, string? header, string expected)
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Tenants:TrustHeader", $"{trusted}"));
        if (header is not null)
            host.Client.DefaultRequestHeaders.Add("X-Farm-Tenant", header);

        await PostAsync(host, $$"""{"prompt": {{Graph}}}""");
        await host.Client.PostAsync("/queue", new StringContent("""{"clear": true}"""));

        Assert.Equal(expected, Assert.Single(host.Farm.Submitted).Tenant);
        Assert.Contains($"clear {expected}", host.Farm.Calls);
    }

    [Theory]
    [InlineData("Studio")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    public async Task Tenant_WhoseNameBreaksTheRules_IsA400(string name)
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Tenants:TrustHeader", "true"));
        host.Client.DefaultRequestHeaders.TryAddWithoutValidation("X-Farm-Tenant", name);

        var answer = await host.Client.GetAsync("/prompt");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("X-Farm-Tenant: must be", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(GatewayHost host, string body) =>
        host.Client.PostAsync("/prompt", new StringContent(body, Encoding.UTF8, "application/json"));
}
