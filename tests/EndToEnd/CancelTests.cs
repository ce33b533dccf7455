using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.EndToEnd.ExecutionRules;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Jobs cancelled by id, by the route of one and by that of many.</summary>
public sealed class CancelTests(ClassicFarm farm) : IClassFixture<ClassicFarm>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_OfARunningJob_InterruptsItOnce(bool byMany)
    {
        using var client = await farm.ConnectAsync();
        var (id, sleep) = await SubmitSleepingAsync(client);
        await client.UntilExecutingAsync(sleep);

        var cancelled = await CancelAsync(client, id, byMany);
        var run = await client.FollowAsync(id);
        var again = await CancelAsync(client, id, byMany);
        var job = await client.GetAsync($"/api/jobs/{id}");
        var listed = await client.GetAsync($"/api/jobs?status=cancelled&limit=1");

        Assert.Equal(((HttpStatusCode.OK, true), (HttpStatusCode.OK, false)), (cancelled, again));
        Assert.Equal(sleep, Assert.Single(run.Of("execution_interrupted")).GetProperty("node_id").GetString());
        Assert.Equal("cancelled", job.GetProperty("status").GetString());
        Assert.Equal(id, listed.GetProperty("jobs")[0].GetProperty("id").GetString());
    }

    /// <summary>As ComfyUI's queue does, it forgets what never ran: only the ledger has it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_OfAWaitingJob_RemovesItAndTellsTheQueue(bool byMany)
    {
        using var client = await farm.ConnectAsync();
        var (running, sleep) = await SubmitSleepingAsync(client);
        await client.UntilExecutingAsync(sleep);
        var (waiting, _) = await SubmitSleepingAsync(client);
        await UntilRemainingAsync(client, 2);

        var cancelled = await CancelAsync(client, waiting, byMany);
        await UntilRemainingAsync(client, 1);
        var again = await CancelAsync(client, waiting, byMany);
        var queue = await client.GetAsync($"/queue");
        var ledger = await client.GetAsync($"/farm/api/prompts/{waiting}");
        using var job = await client.Http.GetAsync($"/api/jobs/{waiting}");
        await CancelAsync(client, running, byMany);
        await client.FollowAsync(running);

        Assert.Equal((HttpStatusCode.OK, true), cancelled);
        Assert.Equal((byMany ? HttpStatusCode.OK : HttpStatusCode.NotFound, false), again);
        Assert.Empty(queue.GetProperty("queue_pending").EnumerateArray());
        Assert.Single(queue.GetProperty("queue_running").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, job.StatusCode);
        Assert.Equal("deleted", ledger.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Cancel_OfManyJobs_TellsWhichItCancelled()
    {
        using var client = await farm.ConnectAsync();
        var (running, sleep) = await SubmitSleepingAsync(client);
        await client.UntilExecutingAsync(sleep);
        var (waiting, _) = await SubmitSleepingAsync(client);

        using var answer = await client.Http.PostAsJsonAsync("/api/jobs/cancel", new { job_ids = new[] { waiting, Guid.NewGuid().ToString(), running, waiting } });
        var cancelled = await answer.Content.ReadFromJsonAsync<JsonElement>();
        await client.FollowAsync(running);

        Assert.Equal([waiting, running], cancelled.GetProperty("cancelled").EnumerateArray().Select(id => id.GetString()));
    }

    private static async Task<(string Id, string Sleep)> SubmitSleepingAsync(RulesClient client)
    {
        var graph = new RulesGraph();
        var sleep = graph.Add("TestSleep", ("value", RulesGraph.Link(graph.Image("BLACK", 16))), ("seconds", 600.0));
        graph.Preview(sleep);
        var (_, body) = await client.PostAsync(graph);
        return (body.GetProperty("prompt_id").GetString()!, sleep);
    }

    private static async Task<(HttpStatusCode Status, bool Cancelled)> CancelAsync(RulesClient client, string id, bool byMany)
    {
        using var answer = byMany
            ? await client.Http.PostAsJsonAsync("/api/jobs/cancel", new { job_ids = new[] { id } })
            : await client.Http.PostAsync($"/api/jobs/{id}/cancel", content: null);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var cancelled = body.TryGetProperty("cancelled", out var told) && (byMany ? told.EnumerateArray().Any(other => other.GetString() == id) : told.GetBoolean());
        return (answer.StatusCode, cancelled);
    }

    private static async Task UntilRemainingAsync(RulesClient client, int count)
    {
        while (await client.ReceiveAsync() is not { Type: "status" } message
            || message.Data.GetProperty("status").GetProperty("exec_info").GetProperty("queue_remaining").GetInt32() != count)
        {
        }
    }
}
