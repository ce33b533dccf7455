using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Retention over HTTP on a real farm.</summary>
public sealed class RetentionTests(SharedFarm farm)
{
    private const string Path = "/farm/api/retention";

    [Fact]
    public async Task Run_WithDefaultRules_EndsWithoutErrorAndKeepsWhatIsYoung()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var prompt = await client.SubmitAsync(Graphs.Colour(0x112233, size: 16, prefix: $"kept-{Guid.NewGuid():N}"));
        await client.FollowAsync(prompt);

        Assert.Contains((await client.Http.PostAsync($"{Path}/run", null)).StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.Conflict });
        JsonElement status;
        while ((status = await client.Http.GetFromJsonAsync<JsonElement>(Path)).GetProperty("running").GetBoolean()) { }

        var run = status.GetProperty("last_run");
        Assert.Equal(JsonValueKind.Null, run.GetProperty("error").ValueKind);
        Assert.Equal(["assets", "audit", "batches", "history", "ledger", "outputs", "temp", "webhooks"], run.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetProperty("kind").GetString()).Order());
        Assert.All(run.GetProperty("kinds").EnumerateArray(), kind => Assert.Equal(0, kind.GetProperty("count").GetInt32()));
        Assert.Single(await client.ImagesAsync(prompt));
    }
}
