using System.Net;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Deployment;

/// <summary>What <c>docker compose up</c> starts, started without Docker. It needs PostgreSQL, Redis, Node.js and npm.</summary>
public sealed class ComposeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task MainJob_OnTheServicesOfTheComposeFile_GivesItsPictureAndAllEndWell()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await using var farm = await ComposeFarm.PrepareAsync();
        await farm.StartAsync(limit.Token);
        using var stranger = new HttpClient { BaseAddress = farm.Address };
        using var refused = await stranger.GetAsync(new Uri("/queue", UriKind.Relative), limit.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var client = await ComfyClient.ConnectAsync(farm.Address, key: farm.Key);

        var promptId = await client.SubmitAsync(Graphs.Recorded("txt2img"));
        var messages = await client.FollowAsync(promptId);
        var image = Assert.Single(await client.ImagesAsync(promptId));
        var ends = await farm.StopAsync();

        Assert.True(messages.All(message => message.Type != "execution_error"), farm.Log);
        Pictures.AssertAlike(await File.ReadAllBytesAsync(Graphs.PathOf("txt2img.9.0.png"), limit.Token), image);
        Assert.Equal(["gateway", "grains", "migrate", "worker"], ends.Keys.Order(StringComparer.Ordinal));
        Assert.All(ends, end => Assert.True(end.Value == 0, $"{end.Key} ended with {end.Value}:\n{farm.Log}"));
    }
}
