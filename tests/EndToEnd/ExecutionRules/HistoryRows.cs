using System.Net;
using System.Text.Json;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>The rows about windows into history and about jobs (rules 18.5 and 19).</summary>
public sealed class HistoryRows(ClassicFarm farm) : IClassFixture<ClassicFarm>
{
    [Fact]
    public async Task OffsetReturnsDifferentItems()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 4);

        var (first, second) = (Ids(await client.GetAsync($"/history?max_items=2&offset=0")), Ids(await client.GetAsync($"/history?max_items=2&offset=2")));

        Assert.Equal((2, 2), (first.Count, second.Count));
        Assert.Empty(first.Intersect(second));
    }

    [Fact]
    public async Task OffsetBeyondHistoryReturnsEmpty()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 1);

        Assert.Empty(Ids(await client.GetAsync($"/history?offset=100000")));
    }

    [Fact]
    public async Task OffsetAtExactHistoryLength()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 1);
        var all = Ids(await client.GetAsync($"/history"));

        Assert.Empty(Ids(await client.GetAsync($"/history?offset={all.Count}")));
    }

    [Fact]
    public async Task OffsetZeroEqualsNoOffset()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 2);

        Assert.Equal(Ids(await client.GetAsync($"/history")), Ids(await client.GetAsync($"/history?offset=0")));
    }

    [Fact]
    public async Task OffsetWithoutMaxItems()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 3);
        var all = Ids(await client.GetAsync($"/history"));

        Assert.Equal(all.Skip(1), Ids(await client.GetAsync($"/history?offset=1")));
    }

    [Fact]
    public async Task OffsetWithMaxItemsLargerThanRemaining()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 2);
        var all = Ids(await client.GetAsync($"/history"));

        Assert.Equal([all[^1]], Ids(await client.GetAsync($"/history?max_items=1000&offset={all.Count - 1}")));
    }

    [Fact]
    public async Task OffsetPagination()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 5);
        var all = Ids(await client.GetAsync($"/history"));
        List<string> pages = [];
        for (var offset = 0; offset < all.Count; offset += 2)
            pages.AddRange(Ids(await client.GetAsync($"/history?max_items=2&offset={offset}")));

        Assert.Equal(all, pages);
    }

    [Fact]
    public async Task JobsApiJobStructure()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 1);
        var job = (await client.GetAsync($"/api/jobs?status=completed&limit=1")).GetProperty("jobs")[0];

        Assert.True(Guid.TryParse(job.GetProperty("id").GetString(), out _));
        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.True(job.GetProperty("create_time").GetInt64() > 0);
        Assert.Equal(1, job.GetProperty("outputs_count").GetInt32());
        Assert.True(job.TryGetProperty("preview_output", out _));
    }

    [Fact]
    public async Task JobsApiPreviewOutputStructure()
    {
        using var client = await farm.ConnectAsync();
        var saved = (await FillAsync(client, 1)).Single();
        var preview = (await client.GetAsync($"/api/jobs?limit=1")).GetProperty("jobs")[0].GetProperty("preview_output");

        Assert.EndsWith(".png", preview.GetProperty("filename").GetString());
        Assert.Equal("images", preview.GetProperty("mediaType").GetString());
        Assert.Equal("2", preview.GetProperty("nodeId").GetString());
        Assert.NotNull(saved);
    }

    [Fact]
    public async Task JobsApiPagination()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 4);
        var (first, second) = (await client.GetAsync($"/api/jobs?limit=2&offset=0"), await client.GetAsync($"/api/jobs?limit=2&offset=2"));

        Assert.Equal((2, 2), (JobIds(first).Count, JobIds(second).Count));
        Assert.Empty(JobIds(first).Intersect(JobIds(second)));
        Assert.Equal(2, first.GetProperty("pagination").GetProperty("limit").GetInt32());
        Assert.True(first.GetProperty("pagination").GetProperty("total").GetInt32() >= 4);
    }

    [Fact]
    public async Task JobsApiSorting()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 3);
        var (down, up) = (await client.GetAsync($"/api/jobs?sort_order=desc"), await client.GetAsync($"/api/jobs?sort_order=asc"));

        Assert.Equal(CreateTimes(down).OrderDescending(), CreateTimes(down));
        Assert.Equal(CreateTimes(up).Order(), CreateTimes(up));
    }

    [Fact]
    public async Task JobsApiStatusFilter()
    {
        using var client = await farm.ConnectAsync();
        await FillAsync(client, 1);

        Assert.NotEmpty(JobIds(await client.GetAsync($"/api/jobs?status=completed")));
        Assert.All((await client.GetAsync($"/api/jobs?status=completed")).GetProperty("jobs").EnumerateArray(), job => Assert.Equal("completed", job.GetProperty("status").GetString()));
        Assert.Empty(JobIds(await client.GetAsync($"/api/jobs?status=pending")));
        using var wrong = await client.Http.GetAsync(new Uri("/api/jobs?status=foo", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task GetJobById()
    {
        using var client = await farm.ConnectAsync();
        var id = (await FillAsync(client, 1)).Single();

        var job = await client.GetAsync($"/api/jobs/{id}");

        Assert.Equal(id, job.GetProperty("id").GetString());
        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Single(job.GetProperty("outputs").GetProperty("2").GetProperty("images").EnumerateArray());
        Assert.True(job.GetProperty("workflow").GetProperty("prompt").TryGetProperty("1", out _));
    }

    [Fact]
    public async Task GetJobNotFound()
    {
        using var client = await farm.ConnectAsync();
        using var answer = await client.Http.GetAsync(new Uri($"/api/jobs/{Guid.NewGuid()}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Jobs_CancelledAndFailed_AreToldApart()
    {
        using var client = await farm.ConnectAsync();
        var failing = new RulesGraph();
        failing.Save(failing.Add("TestSyncError", ("value", RulesGraph.Link(failing.Image("BLACK", size: 32)))));
        var (sleeping, sleep) = Sleeping(600);

        var failed = (await client.RunAsync(failing)).PromptId;
        var cancelled = (await client.PostAsync(sleeping)).Body.GetProperty("prompt_id").GetString()!;
        await client.UntilExecutingAsync(sleep);
        using var answer = await client.Http.PostAsync(new Uri("/interrupt", UriKind.Relative), content: null);
        await client.FollowAsync(cancelled);

        var (first, second) = (await client.GetAsync($"/api/jobs/{failed}"), await client.GetAsync($"/api/jobs/{cancelled}"));
        Assert.Equal(("failed", "cancelled"), (first.GetProperty("status").GetString(), second.GetProperty("status").GetString()));
        Assert.Equal("RuntimeError", first.GetProperty("execution_error").GetProperty("exception_type").GetString());
        Assert.False(second.TryGetProperty("execution_error", out _));
        Assert.Equal("error", second.GetProperty("execution_status").GetProperty("status_str").GetString());
        Assert.Contains(failed, JobIds(await client.GetAsync($"/api/jobs?status=failed")));
        Assert.Contains(cancelled, JobIds(await client.GetAsync($"/api/jobs?status=cancelled")));
    }

    [Fact]
    public async Task Jobs_Outputs_AreCountedAndOneIsPreferred()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var images = graph.Image("WHITE", size: 32, batch: 2);
        graph.Preview(images);
        graph.Add("PreviewAny", ("source", "a text"));
        var animated = graph.Add("SaveAnimatedWEBP",
            ("images", RulesGraph.Link(images)), ("filename_prefix", "rules"), ("fps", 6.0), ("lossless", true), ("quality", 80), ("method", "default"));

        var job = await client.GetAsync($"/api/jobs/{(await client.RunAsync(graph)).PromptId}");

        // Two previews, a text and one animation, whose member "animated" does not count.
        Assert.Equal(4, job.GetProperty("outputs_count").GetInt32());
        Assert.Equal(animated, job.GetProperty("preview_output").GetProperty("nodeId").GetString());
        Assert.True(job.GetProperty("outputs").GetProperty(animated).TryGetProperty("animated", out _));
    }

    // A job that has not ended has no duration: it stands behind one that took its time.
    [Fact]
    public async Task Jobs_SortedByTimesThatAreMissing_TakeThemAsZero()
    {
        using var client = await farm.ConnectAsync();
        var slow = (await client.RunAsync(Sleeping(0.2).Graph)).PromptId;
        var (graph, sleep) = Sleeping(600);
        var running = (await client.PostAsync(graph)).Body.GetProperty("prompt_id").GetString()!;
        await client.UntilExecutingAsync(sleep);

        var longest = JobIds(await client.GetAsync($"/api/jobs?sort_by=execution_duration&sort_order=desc"));
        var shortest = JobIds(await client.GetAsync($"/api/jobs?sort_by=execution_duration&sort_order=asc"));
        using var answer = await client.Http.PostAsync(new Uri("/interrupt", UriKind.Relative), content: null);
        await client.FollowAsync(running);

        Assert.True(longest.IndexOf(slow) < longest.IndexOf(running));
        Assert.True(shortest.IndexOf(running) < shortest.IndexOf(slow));
    }

    private static (RulesGraph Graph, string Sleep) Sleeping(double seconds)
    {
        var graph = new RulesGraph();
        var sleep = graph.Add("TestSleep", ("value", RulesGraph.Link(graph.Image("BLACK", size: 32))), ("seconds", seconds));
        graph.Save(sleep);
        return (graph, sleep);
    }

    private static async Task<List<string>> FillAsync(RulesClient client, int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            var graph = new RulesGraph();
            graph.Save(graph.Image("BLACK", size: 32));
            ids.Add((await client.RunAsync(graph)).PromptId);
        }
        return ids;
    }

    private static List<string> Ids(JsonElement history) => [.. history.EnumerateObject().Select(entry => entry.Name)];

    private static List<string> JobIds(JsonElement jobs) => [.. jobs.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!)];

    private static List<long> CreateTimes(JsonElement jobs) => [.. jobs.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("create_time").GetInt64())];
}
