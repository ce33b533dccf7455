using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Batches over HTTP on a real farm, and what the ledger says of them.</summary>
public sealed class BatchTests(SharedFarm farm)
{
    private const string Batches = "/farm/api/batches";

    [Fact]
    public async Task Batch_OfAListAndARange_MakesAPictureOfEachAndIsInTheLedger()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var prefix = $"batch-{Guid.NewGuid():N}";
        var graph = Graphs.Colour(0, size: 16, prefix: prefix);
        graph["0"]!["_meta"] = new JsonObject { ["title"] = "Ground" };

        var (status, batch) = await PostAsync(client, new JsonObject
        {
            ["workflow"] = graph,
            ["name"] = "colours",
            ["order"] = "reverse",
            ["concurrency"] = 2,
            ["parameters"] = new JsonArray(
                new JsonObject { ["node"] = "0", ["input"] = "color", ["values"] = new JsonArray(0x101010, 0x202020) },
                new JsonObject { ["title"] = "Ground", ["input"] = "width", ["range"] = new JsonObject { ["from"] = 16, ["to"] = 32, ["step"] = 8 } }),
        });

        Assert.Equal(HttpStatusCode.Created, status);
        var ended = await EndAsync(client, Id(batch));
        Assert.Equal(("completed", 6, 6), (ended.GetProperty("status").GetString(), ended.GetProperty("total").GetInt32(), ended.GetProperty("counts").GetProperty("completed").GetInt32()));
        var items = await client.Http.GetFromJsonAsync<JsonElement>($"{Batches}/{Id(batch)}/items");
        var sizes = new List<(int Width, int Colour)>();
        foreach (var item in items.GetProperty("items").EnumerateArray())
        {
            var (width, _, rgb) = Pictures.Decode(Assert.Single(await client.ImagesAsync(item.GetProperty("prompt_id").GetString()!)));
            sizes.Add((width, rgb[0]));
        }
        Assert.Equal([(16, 0x10), (24, 0x10), (32, 0x10), (16, 0x20), (24, 0x20), (32, 0x20)], sizes);
        var ledger = await client.Http.GetFromJsonAsync<JsonElement>($"/farm/api/ledger?batch={Id(batch)}");
        Assert.Equal(6, ledger.GetProperty("entries").GetArrayLength());
        var prompt = await client.Http.GetFromJsonAsync<JsonElement>($"/farm/api/prompts/{items.GetProperty("items")[0].GetProperty("prompt_id").GetString()}");
        Assert.Equal(("completed", 1), (prompt.GetProperty("status").GetString(), prompt.GetProperty("outputs_count").GetInt32()));
    }

    [Fact]
    public async Task Batch_WithAValueBeyondItsRange_FailsThatIndexOnlyAndCanBeCancelledAfter()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);

        var (_, batch) = await PostAsync(client, new JsonObject
        {
            ["workflow"] = Graphs.Colour(1, size: 16),
            ["combination"] = "zip",
            ["parameters"] = new JsonArray(new JsonObject { ["csv"] = "0.width,0.color\n16,1\n-5,2\n24,3\n" }),
        });

        var ended = await EndAsync(client, Id(batch));
        Assert.Equal(("failed", 2, 1), (ended.GetProperty("status").GetString(), ended.GetProperty("counts").GetProperty("completed").GetInt32(), ended.GetProperty("counts").GetProperty("failed").GetInt32()));
        var failed = await client.Http.GetFromJsonAsync<JsonElement>($"{Batches}/{Id(batch)}/items?status=failed");
        var item = Assert.Single(failed.GetProperty("items").EnumerateArray());
        Assert.Equal(1, item.GetProperty("index").GetInt32());
        Assert.Contains("width", item.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await client.Http.PostAsync($"{Batches}/{Id(batch)}/cancel", null)).StatusCode);
    }

    [Theory]
    [InlineData("""{"node":"9","input":"width","values":[1]}""", "parameters[0].node")]
    [InlineData("""{"title":"none","input":"width","values":[1]}""", "parameters[0].title")]
    [InlineData("""{"node":"0","values":[1]}""", "parameters[0].input")]
    [InlineData("""{"node":"save","input":"images","values":[1]}""", "parameters[0].input")]
    [InlineData("""{"node":"0","input":"width","values":[]}""", "parameters[0].values")]
    [InlineData("""{"node":"0","input":"width","range":{"from":1,"to":5,"step":0}}""", "parameters[0].range.step")]
    [InlineData("""{"node":"0","input":"width","range":{"from":1,"to":5,"step":-1}}""", "parameters[0].range.step")]
    [InlineData("""{"node":"0","input":"width","range":{"from":0,"to":79228162514264337593543950335,"step":0.0000001}}""", "parameters[0].range")]
    [InlineData("""{"csv":"0.width\n1,2\n"}""", "parameters[0].csv line 2")]
    [InlineData("""{"csv":"width\n1\n"}""", "parameters[0].csv column 1")]
    [InlineData("""{"csv":"0.width\n\"1\n"}""", "parameters[0].csv")]
    [InlineData("""{"node":"0","input":"width","values":[1],"csv":""}""", "parameters[0]")]
    public async Task Batch_WithABrokenParameter_IsRefusedByItsField(string parameter, string field)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);

        var (status, body) = await PostAsync(client, new JsonObject { ["workflow"] = Graphs.Colour(1), ["parameters"] = new JsonArray(JsonNode.Parse(parameter)) });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"Invalid value for '{field}'", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Batch_WhoseFirstIndexBreaksARule_IsRefusedAsAPromptIs()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);

        var (status, body) = await PostAsync(client, new JsonObject
        {
            ["workflow"] = Graphs.Colour(1),
            ["parameters"] = new JsonArray(new JsonObject { ["node"] = "0", ["input"] = "width", ["values"] = new JsonArray(-1, 8) }),
        });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("value_smaller_than_min", body.GetProperty("node_errors").GetProperty("0").GetProperty("errors")[0].GetProperty("type").GetString());
    }

    private static string Id(JsonElement batch) => batch.GetProperty("id").GetString()!;

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(ComfyClient client, JsonObject body)
    {
        using var answer = await client.Http.PostAsJsonAsync(Batches, body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task<JsonElement> EndAsync(ComfyClient client, string id)
    {
        while (true)
        {
            var batch = await client.Http.GetFromJsonAsync<JsonElement>($"{Batches}/{id}");
            if (batch.GetProperty("ended_at").ValueKind is JsonValueKind.Number)
                return batch;
        }
    }
}
