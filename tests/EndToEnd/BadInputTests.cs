using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Bad input gets a clear error in ComfyUI's shape, and the farm goes on.</summary>
public sealed class BadInputTests(SharedFarm farm)
{
    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"prompt\": 5}")]
    [InlineData("{\"prompt\": {\"1\": null}}")]
    [InlineData("\u0000\u0001")]
    public async Task Submit_InvalidJson_IsRefused(string body)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.Http.PostAsync("/prompt", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.NotEqual("", error.GetProperty("type").GetString());
        Assert.NotEqual("", error.GetProperty("message").GetString());
        await AssertGoesOnAsync(client);
    }

    [Fact]
    public async Task Submit_UnknownClass_NamesIt()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var (status, body) = await client.PostAsync(new JsonObject { ["1"] = Graphs.Node("NoSuchNode", []) });
        Assert.Equal(400, status);
        Assert.Equal("missing_node_type", body.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("Node 'NoSuchNode' not found. The custom node may not be installed.", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Submit_MissingFile_NamesInputAndFile()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var (status, body) = await client.PostAsync(Graphs.LoadAndSave("none.png"));
        Assert.Equal(400, status);
        Assert.Equal("image - Invalid image file: none.png", FirstError(body, "1").GetProperty("details").GetString());
    }

    [Fact]
    public async Task Submit_CheckpointThatIsNotThere_NamesInputAndFile()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Recorded("txt2img");
        graph["4"]!["inputs"]!["ckpt_name"] = "none.safetensors";
        var (status, body) = await client.PostAsync(graph);
        Assert.Equal(400, status);
        Assert.Equal("value_not_in_list", FirstError(body, "4").GetProperty("type").GetString());
        Assert.Contains("none.safetensors", FirstError(body, "4").GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16385, 1)]
    [InlineData(0, 1)]
    [InlineData(8, 100_000)]
    [InlineData(-1, 1)]
    public async Task Submit_SizeOutOfRange_IsRefused(int width, int batch)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Colour(0);
        graph["0"]!["inputs"]!["width"] = width;
        graph["0"]!["inputs"]!["batch_size"] = batch;
        var (status, body) = await client.PostAsync(graph);
        Assert.Equal(400, status);
        Assert.Contains(FirstError(body, "0").GetProperty("type").GetString(), (string[])["value_bigger_than_max", "value_smaller_than_min"]);
    }

    [Fact]
    public async Task Run_CorruptedCheckpoint_FailsAtItsLoader()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Recorded("txt2img");
        graph["4"]!["inputs"]!["ckpt_name"] = TestModels.Corrupted;
        var error = await FailureAsync(client, graph);
        Assert.Equal(("4", "CheckpointLoaderSimple"), (error.GetProperty("node_id").GetString(), error.GetProperty("node_type").GetString()));
        Assert.Contains(TestModels.Corrupted, error.GetProperty("exception_message").GetString(), StringComparison.Ordinal);
        await AssertGoesOnAsync(client);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(1000)]
    public async Task Run_CorruptedPng_FailsAtItsLoader(int length)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var png = await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png"));
        await client.UploadAsync($"cut-{length}.png", png[..length]);
        var error = await FailureAsync(client, Graphs.LoadAndSave($"cut-{length}.png"));
        Assert.Equal(("1", "LoadImage"), (error.GetProperty("node_id").GetString(), error.GetProperty("node_type").GetString()));
        await AssertGoesOnAsync(client);
    }

    [Fact]
    public async Task Run_MoreMemoryThanThereIs_FailsAtTheNode()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Colour(0);
        graph["0"]!["inputs"] = new JsonObject { ["width"] = 16384, ["height"] = 16384, ["batch_size"] = 4096, ["color"] = 0 };
        var error = await FailureAsync(client, graph);
        Assert.Equal("0", error.GetProperty("node_id").GetString());
        await AssertGoesOnAsync(client);
    }

    private static JsonElement FirstError(JsonElement body, string node) => body.GetProperty("node_errors").GetProperty(node).GetProperty("errors")[0];

    private static async Task<JsonElement> FailureAsync(ComfyClient client, JsonNode graph)
    {
        var promptId = await client.SubmitAsync(graph);
        var messages = await client.FollowAsync(promptId);
        var entry = await client.HistoryAsync(promptId);
        Assert.Equal("error", entry!.Value.GetProperty("status").GetProperty("status_str").GetString());
        return Assert.Single(messages, message => message.Type == "execution_error").Data;
    }

    private async Task AssertGoesOnAsync(ComfyClient client)
    {
        Assert.True(farm.Process.IsAlive, farm.Process.Log);
        var promptId = await client.SubmitAsync(Graphs.Colour(Random.Next(0xFFFFFF)));
        await client.FollowAsync(promptId);
        Assert.Single(await client.ImagesAsync(promptId));
    }

    /// <summary>Colours that no other test uses; a repeated one would still run, from the cache.</summary>
    private static Random Random { get; } = new(2);
}
