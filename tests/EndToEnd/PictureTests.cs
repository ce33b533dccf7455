using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>The main job: recorded workflows give the pictures that ComfyUI 0.19.3 gave.</summary>
public sealed class PictureTests(SharedFarm farm)
{
    [Theory]
    [InlineData("txt2img", 1)]
    [InlineData("txt2img-batch", 2)]
    [InlineData("txt2img-euler_ancestral-normal", 1)]
    [InlineData("txt2img-ddim-ddim_uniform", 1)]
    [InlineData("txt2img-lcm-sgm_uniform", 1)]
    [InlineData("img2img", 1)]
    [InlineData("clip-skip", 1)]
    [InlineData("vae-loader", 1)]
    public async Task Workflow_Recorded_GivesTheRecordedPictures(string workflow, int pictures)
    {
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        await client.UploadAsync("fixture.png", await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png")));
        var promptId = await client.SubmitAsync(Graphs.Recorded(workflow));
        var messages = await client.FollowAsync(promptId);
        Assert.DoesNotContain(messages, message => message.Type == "execution_error");
        var images = await client.ImagesAsync(promptId);
        Assert.Equal(pictures, images.Count);
        for (var i = 0; i < pictures; i++)
            Pictures.AssertAlike(await File.ReadAllBytesAsync(Graphs.PathOf($"{workflow}.9.{i}.png")), images[i]);
    }
}
