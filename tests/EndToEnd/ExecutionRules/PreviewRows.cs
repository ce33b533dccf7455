using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>The row about extra_data.preview_method, with a small SD 1.5 model in place of its SDXL.</summary>
public sealed class PreviewRows(SharedFarm farm)
{
    // Where ComfyUI has neither pictures to expect nor to rule out, the row asks for the end of the run alone.
    [Theory]
    [Trait("Rule", "16.4")]
    [InlineData("none", false)]
    [InlineData("latent2rgb", true)]
    [InlineData("taesd", null)]
    [InlineData("default", null)]
    [InlineData(null, null)]
    public async Task PreviewMethod(string? method, bool? previews)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var graph = Graphs.Recorded("txt2img");
        graph["3"]!["inputs"]!["seed"] = 7000 + (method ?? "").Length;

        var messages = await client.FollowAsync(await client.SubmitAsync(graph, method is null ? [] : new JsonObject { ["preview_method"] = method }));

        Assert.Single(messages, message => message.Type == "execution_success");
        if (previews is { } wanted)
            Assert.Equal(wanted, messages.Any(message => message.Type == "binary"));
    }
}
