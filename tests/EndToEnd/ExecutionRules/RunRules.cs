using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>Rules of execution-semantics about the queue, history, jobs and interruption, over HTTP and a socket; named after the rules.</summary>
public sealed class RunRules(ClassicFarm farm) : IClassFixture<ClassicFarm>
{
    [Fact]
    public async Task Rule1_5_LiteralThatUnwrapsToALink_IsOneAtRunTime()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var number = graph.Add("StubInt", ("value", 5));
        var preview = graph.Add("PreviewAny", ("source", new JsonObject { ["__value__"] = RulesGraph.Link(number) }));

        var run = await client.RunAsync(graph);

        Assert.Equal([number, preview], run.Ran);
        Assert.Equal("5", (await run.HistoryAsync()).GetProperty("outputs").GetProperty(preview).GetProperty("text")[0].GetString());
    }

    [Fact]
    public async Task Rule13_14_FreeMemory_DropsWhatWasComputed()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Preview(graph.Image("BLACK", 16));
        await client.RunAsync(graph);

        Assert.Equal("C[1,2] U2 !", (await client.RunAsync(graph)).Trace);
        using var answer = await client.Http.PostAsJsonAsync("/free", new { free_memory = true });
        Assert.Equal(">1 >2 U2 !", (await client.RunAsync(graph)).Trace);
    }

    [Fact]
    public async Task Rule16_11_ClientThatComesBack_IsToldTheRunningNode()
    {
        using var client = await farm.ConnectAsync();
        var (graph, sleep) = Sleeping();
        await client.PostAsync(graph);
        await client.UntilExecutingAsync(sleep);

        using var back = await RulesClient.ConnectAsync(farm.Process, client.Id);
        var (first, second) = (await back.ReceiveAsync(), await back.ReceiveAsync());
        await InterruptAsync(back, []);

        Assert.Equal("status", first.Type);
        Assert.Equal(("executing", $$"""{"node":"{{sleep}}"}"""), (second.Type, second.Data.GetRawText()));
    }

    [Fact]
    [Trait("Rule", "18.3")]
    public async Task Rule18_1_HistoryEntry_HasPromptOutputsStatusAndMeta()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var preview = graph.Preview(graph.Image("BLACK", 16));
        graph[preview]["free"] = 1.0;

        var run = await client.RunAsync(graph);

        var entry = await run.HistoryAsync();
        Assert.Equal(["prompt", "outputs", "status", "meta"], entry.EnumerateObject().Select(member => member.Name));
        var prompt = entry.GetProperty("prompt");
        Assert.Equal((5, run.PromptId), (prompt.GetArrayLength(), prompt[1].GetString()));
        Assert.Equal(graph.Prompt.ToJsonString(), prompt[2].GetRawText());
        Assert.Equal([preview], prompt[4].EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(["execution_start", "execution_cached", "execution_success"], Messages(entry));
        Assert.Equal(
            $$$"""{"{{{preview}}}":{"node_id":"{{{preview}}}","display_node":"{{{preview}}}","parent_node":null,"real_node_id":"{{{preview}}}"}}""",
            entry.GetProperty("meta").GetRawText());
        Assert.Equal([preview], entry.GetProperty("outputs").EnumerateObject().Select(output => output.Name));
    }

    [Theory]
    [InlineData("PreviewImage", "success", true)]
    [InlineData("TestSyncError", "error", false)]
    public async Task Rule18_4_Status_FollowsTheOutcome(string between, string text, bool completed)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("BLACK", 16);
        graph.Preview(between == "TestSyncError" ? graph.Add(between, ("value", RulesGraph.Link(image))) : image);

        var status = (await (await client.RunAsync(graph)).HistoryAsync()).GetProperty("status");

        Assert.Equal(["status_str", "completed", "messages"], status.EnumerateObject().Select(member => member.Name));
        Assert.Equal((text, completed), (status.GetProperty("status_str").GetString(), status.GetProperty("completed").GetBoolean()));
    }

    [Fact]
    [Trait("Rule", "15.8")]
    [Trait("Rule", "16.7")]
    public async Task Rule18_1_FailedRun_EndsItsMessagesWithTheErrorAndClosesTheSocketsRun()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var error = graph.Add("TestSyncError", ("value", RulesGraph.Link(graph.Image("BLACK", 16))));
        graph.Preview(error);

        var run = await client.RunAsync(graph);

        Assert.Equal($">1 >{error} E{error} !", run.Trace);
        Assert.Equal(["execution_start", "execution_cached", "execution_error"], Messages(await run.HistoryAsync()));
        Assert.Equal(
            ["prompt_id", "node_id", "node_type", "executed", "exception_message", "exception_type", "traceback", "current_inputs", "current_outputs", "timestamp"],
            run.Error.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Rule22_4_EqualOutputNodes_RunOnceAndShareTheirFiles()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("WHITE", 16);
        var (first, second) = (graph.Preview(image), graph.Preview(image));

        var run = await client.RunAsync(graph);

        Assert.Equal($">{image} >{first} U{first} U{second} !", run.Trace);
        var entry = await run.HistoryAsync();
        Assert.Equal(entry.GetProperty("outputs").GetProperty(first).GetRawText(), entry.GetProperty("outputs").GetProperty(second).GetRawText());
        Assert.Equal(first, entry.GetProperty("meta").GetProperty(second).GetProperty("node_id").GetString());
    }

    [Fact]
    public async Task Rule22_30_CachedPromptWithoutClient_HasNoOutputsInHistory()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Preview(graph.Image("BLACK", 16));
        await client.RunAsync(graph);

        var (_, body) = await client.PostAsync(graph, request => request.Remove("client_id"));
        var id = body.GetProperty("prompt_id").GetString();
        var after = await client.RunAsync(graph);

        var entry = (await client.GetAsync($"/history/{id}")).GetProperty(id!);
        Assert.Equal(("{}", "{}"), (entry.GetProperty("outputs").GetRawText(), entry.GetProperty("meta").GetRawText()));
        Assert.Single((await after.HistoryAsync()).GetProperty("outputs").EnumerateObject());
    }

    [Fact]
    [Trait("Rule", "19.3")]
    [Trait("Rule", "19.4")]
    public async Task Rule22_42_Job_CountsItsOutputsAndPrefersSavedOnes()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var images = graph.Image("WHITE", 16, batch: 2);
        graph.Preview(images);
        var save = graph.Save(images);
        var texts = new RulesGraph();
        for (var i = 0; i < 3; i++)
            texts.Add("PreviewAny", ("source", $"text {i}"));

        var pictures = await client.GetAsync($"/api/jobs/{(await client.RunAsync(graph)).PromptId}");
        var run = await client.RunAsync(texts);
        var told = await client.GetAsync($"/api/jobs/{run.PromptId}");

        var preview = pictures.GetProperty("preview_output");
        Assert.Equal(4, pictures.GetProperty("outputs_count").GetInt32());
        Assert.Equal((save, "images", "output"), (preview.GetProperty("nodeId").GetString(), preview.GetProperty("mediaType").GetString(), preview.GetProperty("type").GetString()));
        Assert.Equal(pictures.GetProperty("outputs").GetProperty(save).GetProperty("images")[0].GetProperty("filename").GetString(), preview.GetProperty("filename").GetString());
        Assert.Equal(3, told.GetProperty("outputs_count").GetInt32());
        var firstRun = run.Ran.First();
        Assert.Equal(
            (told.GetProperty("outputs").GetProperty(firstRun).GetProperty("text")[0].GetString(), firstRun, "text"),
            (told.GetProperty("preview_output").GetProperty("content").GetString(), told.GetProperty("preview_output").GetProperty("nodeId").GetString(),
                told.GetProperty("preview_output").GetProperty("mediaType").GetString()));
    }

    [Fact]
    [Trait("Rule", "2.2")]
    [Trait("Rule", "19.1")]
    public async Task Rule22_43_PromptForTheFront_HasTheNextNumberNegative()
    {
        using var client = await farm.ConnectAsync();
        var (graph, sleep) = Sleeping();
        var (_, running) = await client.PostAsync(graph);
        await client.UntilExecutingAsync(sleep);

        var (_, front) = await client.PostAsync(graph, request => request["front"] = true);

        var number = running.GetProperty("number").GetInt64();
        var id = front.GetProperty("prompt_id").GetString();
        Assert.Equal(-(number + 1), front.GetProperty("number").GetInt64());
        var queue = await client.GetAsync($"/queue");
        Assert.Equal(number, Assert.Single(queue.GetProperty("queue_running").EnumerateArray())[0].GetInt64());
        Assert.Equal(-(number + 1), Assert.Single(queue.GetProperty("queue_pending").EnumerateArray())[0].GetInt64());
        var job = await client.GetAsync($"/api/jobs/{id}");
        Assert.Equal(("pending", -(number + 1), 0), (job.GetProperty("status").GetString(), job.GetProperty("priority").GetInt64(), job.GetProperty("outputs_count").GetInt32()));
        Assert.Equal(["id", "status", "priority", "create_time", "outputs_count"], job.EnumerateObject().Select(member => member.Name));
        using var deleted = await client.Http.PostAsJsonAsync("/queue", new { delete = new[] { id } });
        await InterruptAsync(client, []);
        await client.FollowAsync(running.GetProperty("prompt_id").GetString()!);
    }

    [Fact]
    [Trait("Rule", "15.11")]
    [Trait("Rule", "15.12")]
    [Trait("Rule", "16.8")]
    [Trait("Rule", "18.4")]
    public async Task Rule22_44_Interrupt_ReachesTheNamedPromptOnly()
    {
        using var client = await farm.ConnectAsync();
        var (graph, sleep) = Sleeping();
        var (_, body) = await client.PostAsync(graph);
        var id = body.GetProperty("prompt_id").GetString()!;
        await client.UntilExecutingAsync(sleep);

        Assert.Equal(200, await InterruptAsync(client, new JsonObject { ["prompt_id"] = Guid.NewGuid().ToString() }));
        var still = await client.GetAsync($"/api/jobs/{id}");
        Assert.Equal(200, await InterruptAsync(client, new JsonObject { ["prompt_id"] = id }));
        var run = await client.FollowAsync(id);

        Assert.Equal("in_progress", still.GetProperty("status").GetString());
        var told = Assert.Single(run.Of("execution_interrupted"));
        Assert.Equal((sleep, "TestSleep"), (told.GetProperty("node_id").GetString(), told.GetProperty("node_type").GetString()));
        var job = await client.GetAsync($"/api/jobs/{id}");
        Assert.Equal("cancelled", job.GetProperty("status").GetString());
        Assert.False(job.TryGetProperty("execution_error", out _));
        var status = (await run.HistoryAsync()).GetProperty("status");
        Assert.Equal(("error", false), (status.GetProperty("status_str").GetString(), status.GetProperty("completed").GetBoolean()));
    }

    private static (RulesGraph Graph, string Sleep) Sleeping()
    {
        var graph = new RulesGraph();
        var sleep = graph.Add("TestSleep", ("value", RulesGraph.Link(graph.Image("BLACK", 16))), ("seconds", 600.0));
        graph.Preview(sleep);
        return (graph, sleep);
    }

    private static async Task<int> InterruptAsync(RulesClient client, JsonObject body)
    {
        using var answer = await client.Http.PostAsJsonAsync("/interrupt", body);
        return (int)answer.StatusCode;
    }

    private static IEnumerable<string?> Messages(JsonElement entry) =>
        entry.GetProperty("status").GetProperty("messages").EnumerateArray().Select(message => message[0].GetString());
}
