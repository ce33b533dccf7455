using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>A pack in which everything is wrong: its prompts fail with a clear error, the farm goes on.</summary>
public sealed class BrokenPackRows(SmallFarm farm) : IClassFixture<SmallFarm>
{
    [Fact]
    public async Task SystemStatsAndOperatorsRoute_BrokenClasses_AreListed()
    {
        using var client = await farm.ConnectAsync();

        var stats = (await client.GetAsync($"/system_stats")).ToString();

        Assert.Contains("broken: class Farm.BrokenPack.ConstructorThrows: InvalidOperationException: no such luck", stats);
        Assert.Contains("broken: class Farm.BrokenPack.DefineLoops: its constructor and definition took longer than 1 seconds", stats);
        var worker = Assert.Single((await client.GetAsync($"/farm/api/workers")).GetProperty("workers").EnumerateArray());
        Assert.Contains(
            "broken: class Farm.BrokenPack.ConstructorThrows: InvalidOperationException: no such luck",
            worker.GetProperty("pack_errors").EnumerateArray().Select(error => error.GetString()));
        Assert.Contains("node pack broken is broken", farm.Process.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task BrokenClass_InAPrompt_IsUnknown()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Add("ConstructorThrows");

        var (status, body) = await client.PostAsync(graph);

        Assert.Equal((400, "missing_node_type"), (status, body.GetProperty("error").GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("ValidatorThrows", "ValueError", "I do not like this")]
    [InlineData("ValidatorWaits", "TimeoutError", "The validator of ValidatorWaits did not end within 1 seconds.")]
    [InlineData("ValidatorLoops", "TimeoutError", "The validator of ValidatorLoops did not end within 1 seconds.")]
    [InlineData("ValidatorAllocates", "MemoryError", null)]
    public async Task BrokenValidator_RefusesThePromptAndTheFarmGoesOn(string classType, string type, string? text)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Add(classType, ("value", 0));

        var (status, body) = await client.PostAsync(graph);

        var error = Assert.Single(NodeErrors.Of(body, "1"));
        Assert.Equal((400, "exception_during_validation"), (status, error.GetProperty("type").GetString()));
        Assert.Equal(type, error.GetProperty("extra_info").GetProperty("exception_type").GetString());
        Assert.Equal(text ?? error.GetProperty("details").GetString(), error.GetProperty("details").GetString());
        await AssertGoesOnAsync(client);
    }

    [Theory]
    [InlineData("ReturnsNoList", "TypeError")]
    [InlineData("ConstructorThrowsLater", "RuntimeError")]
    [InlineData("AllocatesATensor", "torch.OutOfMemoryError")]
    [InlineData("AllocatesTensors", "torch.OutOfMemoryError")]
    [InlineData("AllocatesObjects", "MemoryError")]
    public async Task BrokenRun_IsAnExecutionErrorAndTheFarmGoesOn(string classType, string type)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Add(classType);

        var run = await client.RunAsync(graph);

        Assert.Equal(("1", classType), (run.Error.GetProperty("node_id").GetString(), run.Error.GetProperty("node_type").GetString()));
        Assert.Equal(type, run.Error.GetProperty("exception_type").GetString());
        Assert.Equal("error", (await run.HistoryAsync()).GetProperty("status").GetProperty("status_str").GetString());
        await AssertGoesOnAsync(client);
    }

    [Fact]
    public async Task OutputOfAWrongType_FailsAtItsConsumerByNameAndTheFarmGoesOn()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var save = graph.Save(graph.Add("ReturnsText"));

        var run = await client.RunAsync(graph);

        Assert.Equal((save, "TypeError"), (run.Error.GetProperty("node_id").GetString(), run.Error.GetProperty("exception_type").GetString()));
        Assert.Contains("'images'", run.Error.GetProperty("exception_message").GetString());
        await AssertGoesOnAsync(client);
    }

    private static async Task AssertGoesOnAsync(RulesClient client)
    {
        var graph = new RulesGraph();
        var save = graph.Save(graph.Add("TestCustomValidation5", ("input1", 1.0), ("input2", 1.0)));
        Assert.Equal([255], await (await client.RunAsync(graph)).ColoursAsync(save));
    }
}
