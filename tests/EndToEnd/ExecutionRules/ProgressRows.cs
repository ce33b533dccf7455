using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>The rows of the tests of progress isolation and of the public progress API.</summary>
public sealed class ProgressRows(ClassicFarm farm) : IClassFixture<ClassicFarm>
{
    [Fact]
    public async Task ProgressIsolationBetweenClients()
    {
        using var first = await farm.ConnectAsync();
        using var second = await farm.ConnectAsync();

        var runs = await Task.WhenAll(first.RunAsync(Preview("BLACK")), second.RunAsync(Preview("WHITE")));

        // A prompt without a client, another test's, may still be telling every socket.
        var ids = runs.Select(run => run.PromptId).ToHashSet();
        Assert.All(runs, run =>
        {
            var heard = run.Of("progress_state").Select(data => data.GetProperty("prompt_id").GetString()!).Where(ids.Contains).ToHashSet();
            Assert.Equal([run.PromptId], heard);
        });
    }

    [Fact]
    [Trait("Rule", "16.1")]
    public async Task BlockerReport_OfAPromptWithoutClient_GoesToAllSockets()
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        graph.Save(graph.Add("TestExecutionBlocker", ("input", RulesGraph.Link(graph.Image("BLACK", 16))), ("block", true), ("verbose", true)));
        var (_, body) = await client.PostAsync(graph, request => request.Remove("client_id"));
        var id = body.GetProperty("prompt_id").GetString();

        SocketMessage message;
        while ((message = await client.ReceiveAsync()) is not { Type: "execution_error" } || message.Data.GetProperty("prompt_id").GetString() != id)
            Assert.NotEqual("executing", message.Type);

        Assert.Equal("Execution Blocked: Blocked Execution", message.Data.GetProperty("exception_message").GetString());
    }

    // Again and again, because the socket of before is still closing while the next one opens.
    [Fact]
    public async Task ProgressWithMissingClientId()
    {
        for (var round = 0; round < 10; round++)
            await HearOfPromptWithoutClientAsync();
    }

    private async Task HearOfPromptWithoutClientAsync()
    {
        using var client = await farm.ConnectAsync();
        var (_, body) = await client.PostAsync(Preview("NOISE"), request => request.Remove("client_id"));
        var id = body.GetProperty("prompt_id").GetString();

        while (await client.ReceiveAsync() is not { Type: "progress_state" } message || message.Data.GetProperty("prompt_id").GetString() != id)
        {
        }
    }

    [Theory]
    [InlineData("TestSyncProgressUpdate")]
    [InlineData("TestAsyncProgressUpdate")]
    [InlineData("TestSyncProgressUpdate", "TestAsyncProgressUpdate")]
    public async Task PublicApi(params string[] classes)
    {
        using var client = await farm.ConnectAsync();
        var graph = new RulesGraph();
        var image = graph.Image("BLACK");
        string[] nodes = [.. classes.Select(name => graph.Add(name, ("value", RulesGraph.Link(image)), ("sleep_seconds", 0.2)))];
        string[] saves = [.. nodes.Select(node => graph.Save(node))];

        var run = await client.RunAsync(graph);

        Assert.All(nodes, node => Assert.True(run.DidRun(node)));
        foreach (var save in saves)
            Assert.Single(await run.ImagesAsync(save));
        Assert.Empty(run.Of("progress"));
        Assert.All(nodes, node => Assert.Contains(run.Of("progress_state"), data =>
            data.GetProperty("nodes").TryGetProperty(node, out var progress) && progress.GetProperty("value").GetDouble() is > 0 and < 1));
    }

    private static RulesGraph Preview(string content)
    {
        var graph = new RulesGraph();
        graph.Preview(graph.Image(content, size: 64));
        return graph;
    }
}
