using System.Text.Json.Nodes;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>
/// Rules of execution-semantics that show in the socket's events and in history, with the test nodes; named after the rules, traces in the
/// notation of section 22.
/// </summary>
public sealed class TraceRules(ClassicFarm farm) : IClassFixture<ClassicFarm>
{
    [Fact]
    [Trait("Rule", "22.22")]
    public async Task Rule12_8_LoopOfTwoRounds_HasTheRecordedTrace()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("1", "StubImage", ("content", "WHITE"), ("height", 16), ("width", 16), ("batch_size", 1));
        graph.AddAs("o", "TestForLoopOpen", ("remaining", 2), ("initial_value1", RulesGraph.Link("1")));
        graph.AddAs("m", "TestVariadicAverage", ("input1", RulesGraph.Link("o", 2)));
        graph.AddAs("c", "TestForLoopClose", ("flow_control", RulesGraph.Link("o")), ("initial_value1", RulesGraph.Link("m")));
        graph.AddAs("s", "SaveImage", ("images", RulesGraph.Link("c")), ("filename_prefix", "rules"));

        var run = await client.RunAsync(graph);

        Assert.Equal(
            ">1 >o >m >c >c.0.0.1 >c.0.0.2 >c.0.0.3 >c.0.0.3.0.0.o >c.0.0.3.0.0.m >c.0.0.3.0.0.c.0.0.1 >c.0.0.3.0.0.c.0.0.2 >c.0.0.3.0.0.Recurse >s Us !",
            run.Trace);
        var display = run.Of("executing").Where(data => data.GetProperty("node").GetString() is not null)
            .ToDictionary(data => data.GetProperty("node").GetString()!, data => data.GetProperty("display_node").GetString());
        Assert.Equal(("o", "m", "c"), (display["c.0.0.3.0.0.o"], display["c.0.0.3.0.0.m"], display["c.0.0.3.0.0.Recurse"]));
        Assert.All(run.Of("progress_state").Last().GetProperty("nodes").EnumerateObject().Where(node => node.Name.StartsWith("c.", StringComparison.Ordinal)),
            node => Assert.Equal("c", node.Value.GetProperty("real_node_id").GetString()));
    }

    [Fact]
    public async Task Rule14_3_VerboseBlocker_IsReportedAndTheRunSucceeds()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var blocker = graph.Add("TestExecutionBlocker", ("input", RulesGraph.Link(graph.Image("BLACK", 16))), ("block", true), ("verbose", true));
        var save = graph.Save(blocker);

        var run = await client.RunAsync(graph);

        var report = Assert.Single(run.Of("execution_error"));
        Assert.Equal(("Execution Blocked: Blocked Execution", "ExecutionBlocked", save),
            (report.GetProperty("exception_message").GetString(), report.GetProperty("exception_type").GetString(), report.GetProperty("node_id").GetString()));
        Assert.False(report.TryGetProperty("timestamp", out _));
        Assert.Single(run.Of("execution_success"));
        var history = await run.HistoryAsync();
        Assert.Equal("success", history.GetProperty("status").GetProperty("status_str").GetString());
        Assert.Empty(history.GetProperty("outputs").EnumerateObject());
    }

    [Fact]
    [Trait("Rule", "22.23")]
    public async Task Rule15_10_RunTimeCycle_IsRecordedAsASuccess()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("1", "StubImage", ("content", "WHITE"), ("height", 512), ("width", 512), ("batch_size", 1));
        graph.AddAs("2", "StubImage", ("content", "BLACK"), ("height", 512), ("width", 512), ("batch_size", 1));
        graph.AddAs("3", "TestDynamicDependencyCycle", ("input1", RulesGraph.Link("1")), ("input2", RulesGraph.Link("2")));
        graph.AddAs("4", "SaveImage", ("images", RulesGraph.Link("3")), ("filename_prefix", "rules"));

        var run = await client.RunAsync(graph);

        Assert.Equal(">2 >1 >3 >3.0.0.1 >3.0.0.3 >3.0.0.2 E3 !", run.Trace);
        Assert.Equal(["2", "1", "3.0.0.1"], run.Error.GetProperty("executed").EnumerateArray().Select(id => id.GetString()));
        var status = (await run.HistoryAsync()).GetProperty("status");
        Assert.Equal(("success", true), (status.GetProperty("status_str").GetString(), status.GetProperty("completed").GetBoolean()));
        Assert.Equal("execution_error", status.GetProperty("messages").EnumerateArray().Last()[0].GetString());
    }

    [Fact]
    public async Task Rule22_20_MixedExpansion_HasTheRecordedTrace()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("a", "StubFloat", ("value", 0.1));
        graph.AddAs("b", "StubFloat", ("value", 0.2));
        graph.AddAs("d", "StubFloat", ("value", 0.3));
        graph.AddAs("1", "TestMakeListNode", ("value1", RulesGraph.Link("a")), ("value2", RulesGraph.Link("b")), ("value3", RulesGraph.Link("d")));
        graph.AddAs("2", "TestMixedExpansionReturns", ("input1", RulesGraph.Link("1")));
        graph.AddAs("3", "SaveImage", ("images", RulesGraph.Link("2")), ("filename_prefix", "rules"));

        var run = await client.RunAsync(graph);

        // Which of two lazy inputs comes first is not specified; here it is the order requested.
        Assert.EndsWith(">1 >2 >2.2.0.1 >2.2.0.4 >2.2.0.2 >2.2.0.3 >2.2.0.4 >3 U3 !", run.Trace);
    }

    [Fact]
    public async Task Rule22_21_ParallelSleep_HasTheRecordedTrace()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("i", "StubImage", ("content", "WHITE"), ("height", 16), ("width", 16), ("batch_size", 1));
        var image = RulesGraph.Link("i");
        graph.AddAs("p", "TestParallelSleep", ("image1", image), ("image2", image), ("image3", image), ("sleep1", 0.1), ("sleep2", 0.1), ("sleep3", 0.1));

        Assert.Equal(">i >p >p.0.0.3 >p.0.0.2 >p.0.0.1 >p.0.0.4 !", (await client.RunAsync(graph)).Trace);
    }

    [Fact]
    public async Task Rule22_24_FailingChild_IsReportedAsItsParent()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.AddAs("1", "StubImage", ("content", "WHITE"), ("height", 512), ("width", 512), ("batch_size", 1));
        graph.AddAs("2", "StubImage", ("content", "BLACK"), ("height", 64), ("width", 64), ("batch_size", 1));
        graph.AddAs("3", "TestParallelSleep", ("image1", RulesGraph.Link("1")), ("image2", RulesGraph.Link("2")), ("image3", RulesGraph.Link("1")), ("sleep1", 0.05), ("sleep2", 0.05), ("sleep3", 0.05));

        var run = await client.RunAsync(graph);

        Assert.Equal(("3", "TestParallelSleep"), (run.Error.GetProperty("node_id").GetString(), run.Error.GetProperty("node_type").GetString()));
        Assert.Equal(["input1", "input2", "input3"], run.Error.GetProperty("current_inputs").EnumerateObject().Select(input => input.Name));
    }

    [Fact]
    public async Task Rule18_2_ExtraData_IsKeptWithClientAndTime()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Image("WHITE", 16));

        var run = await client.RunAsync(graph, body => body["extra_data"] = JsonNode.Parse("""{"extra_pnginfo": {"workflow": {"id": "w1"}}}"""));

        var prompt = (await run.HistoryAsync()).GetProperty("prompt");
        Assert.Equal("w1", prompt[3].GetProperty("extra_pnginfo").GetProperty("workflow").GetProperty("id").GetString());
        Assert.Equal(client.Id, prompt[3].GetProperty("client_id").GetString());
        Assert.True(prompt[3].GetProperty("create_time").GetInt64() > 0);
    }

    [Fact]
    public async Task Rule22_31_FailingPromptWithoutClient_SendsNoErrorAndKeepsItInHistory()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestSyncError", ("value", 1)));
        var (_, body) = await client.PostAsync(graph, request => request.Remove("client_id"));
        var after = new RulesGraph();
        after.Preview(after.Image("BLACK", 16));

        var run = await client.RunAsync(after);

        Assert.Empty(run.Of("execution_error"));
        var status = (await client.GetAsync($"/history/{body.GetProperty("prompt_id").GetString()}")).EnumerateObject().Single().Value.GetProperty("status");
        Assert.Equal(["execution_start", "execution_cached", "execution_error"], status.GetProperty("messages").EnumerateArray().Select(message => message[0].GetString()));
    }
}
