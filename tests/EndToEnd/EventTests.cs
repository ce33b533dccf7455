using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>What a client's socket hears of a run.</summary>
public sealed class EventTests(SharedFarm farm)
{
    // Order of ComfyUI 0.19.3, recorded: a run of three nodes and no cache.
    [Fact]
    public async Task Run_OfThreeNodes_SendsTheRecordedSequence()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        Assert.Equal(client.ClientId, (await client.ReceiveAsync())!.Data.GetProperty("sid").GetString());
        var graph = Graphs.Colour(0x123456, blurs: 1);
        var messages = await client.FollowAsync(await client.SubmitAsync(graph));
        Assert.Equal(
            [
                "execution_start", "execution_cached:", "progress_state:0=running", "executing:0", "progress_state:0=finished",
                "progress_state:0=finished,1=running", "executing:1", "progress_state:0=finished,1=finished",
                "progress_state:0=finished,1=finished,save=running", "executing:save", "executed:save",
                "progress_state:0=finished,1=finished,save=finished", "execution_success", "executing:",
            ],
            messages.Where(message => message.Type != "status").Select(Describe));
    }

    [Fact]
    public async Task Run_Repeated_IsCachedWhole()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Colour(0x654321);
        var first = await client.SubmitAsync(graph);
        await client.FollowAsync(first);
        var second = await client.SubmitAsync(graph);
        var messages = await client.FollowAsync(second);
        Assert.Contains(messages.Select(Describe), text => text == "execution_cached:0,save");
        Assert.Equal(await client.ImagesAsync(first), await client.ImagesAsync(second));
    }

    [Fact]
    public async Task Sampling_Steps_AreCountedAndPreviewed()
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Recorded("txt2img");
        graph["3"]!["inputs"]!["seed"] = 4711;
        var messages = await client.FollowAsync(await client.SubmitAsync(graph, new JsonObject { ["preview_method"] = "latent2rgb" }));
        var steps = messages.Where(message => message.Type == "progress" && message.Data.GetProperty("node").GetString() == "3").ToList();
        Assert.Equal([1.0, 2.0, 3.0, 4.0], steps.Select(message => message.Data.GetProperty("value").GetDouble()));
        Assert.All(steps, message => Assert.Equal(4, message.Data.GetProperty("max").GetDouble()));
        var preview = Assert.IsType<SocketMessage>(messages.FirstOrDefault(message => message.Type == "binary")).Binary;
        Assert.Equal((1u, 1u), (BinaryPrimitives.ReadUInt32BigEndian(preview), BinaryPrimitives.ReadUInt32BigEndian(preview.AsSpan(4))));
        Assert.Equal([0xFF, 0xD8], preview[8..10]);
    }

    // ComfyUI 0.19.3: a client that takes metadata gets frame 4 in the place of frame 1, never both.
    [Theory]
    [InlineData(false, 1u)]
    [InlineData(true, 4u)]
    public async Task Sampling_Previews_AreOfTheKindThatTheClientTakes(bool withMetadata, uint kind)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        if (withMetadata)
            await client.AskForPreviewMetadataAsync();
        var graph = Graphs.Recorded("txt2img");
        graph["3"]!["inputs"]!["seed"] = 4712 + kind;
        var messages = await client.FollowAsync(await client.SubmitAsync(graph, new JsonObject { ["preview_method"] = "latent2rgb" }));
        var frames = messages.Where(message => message.Type == "binary").Select(message => BinaryPrimitives.ReadUInt32BigEndian(message.Binary)).ToList();
        Assert.NotEmpty(frames);
        // One a step at the most: a slow socket gets the newest only.
        Assert.InRange(frames.Count, 1, 4);
        Assert.All(frames, frame => Assert.Equal(kind, frame));
    }

    // Frame 1, kind 2: PNG. They are results: none is dropped for a newer one, and the next run sends them again.
    [Fact]
    public async Task SaveImageWebsocket_Images_ArriveAsFramesEachOnce()
    {
        const int Images = 5;
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = new JsonObject
        {
            ["1"] = Graphs.Node("EmptyImage", new() { ["width"] = 16, ["height"] = 8, ["batch_size"] = Images, ["color"] = 0x336699 }),
            ["2"] = Graphs.Node("SaveImageWebsocket", new() { ["images"] = Graphs.Link("1", 0) }),
        };

        var frames = (await client.FollowAsync(await client.SubmitAsync(graph))).Where(message => message.Type == "binary").Select(message => message.Binary).ToList();
        var again = await client.FollowAsync(await client.SubmitAsync(graph));

        Assert.Equal(Images, frames.Count);
        Assert.All(frames, frame =>
        {
            Assert.Equal((1u, 2u), (BinaryPrimitives.ReadUInt32BigEndian(frame), BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4))));
            Assert.Equal([0x33, 0x66, 0x99], Pictures.Decode(frame[8..]).Rgb.Take(3));
        });
        Assert.Equal(Images, again.Count(message => message.Type == "binary"));
    }

    private static string Describe(SocketMessage message) => message.Type switch
    {
        "execution_cached" => $"execution_cached:{string.Join(',', message.Data.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()))}",
        "progress_state" => $"progress_state:{string.Join(',', message.Data.GetProperty("nodes").EnumerateObject().Select(node => $"{node.Name}={node.Value.GetProperty("state").GetString()}"))}",
        "executing" or "executed" => $"{message.Type}:{message.Data.GetProperty("node").GetString()}",
        _ => message.Type,
    };
}
