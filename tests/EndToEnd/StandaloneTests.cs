using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>The farm as a process: start, stop, the data root, the demo.</summary>
public sealed class StandaloneTests
{
    [Fact]
    public async Task Start_DataRootInUse_IsRefusedInOneLine()
    {
        using var root = new DataRoot();
        await using var first = await FarmProcess.StartAsync(root);
        var (exitCode, log) = await FarmProcess.RunAsync(root, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Contains($"already runs on the data root '{root.Path}'", log, StringComparison.Ordinal);
        Assert.Single(log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var client = await ComfyClient.ConnectAsync(first);
        Assert.NotNull(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Stop_OnSigterm_EndsCleanlyAndLeavesNothingOutsideTheDataRoot()
    {
        using var root = new DataRoot();
        await using var farm = await FarmProcess.StartAsync(root);
        using (var client = await ComfyClient.ConnectAsync(farm))
            await client.FollowAsync(await client.SubmitAsync(Graphs.Colour(1)));
        Assert.Equal(0, await farm.StopAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(root.WorkingFolder));
        Assert.DoesNotContain("fail:", farm.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("warn:", farm.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BadOption_NamesOptionValueAndRule()
    {
        using var root = new DataRoot();
        var (exitCode, log) = await FarmProcess.RunAsync(root, "--urls", "http://127.0.0.1:0", "--Farm:Torch:Threads", "-1");
        Assert.Equal(1, exitCode);
        Assert.Contains("Farm:Torch:Threads", log, StringComparison.Ordinal);
        Assert.Contains("-1", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_Text_DrawsAPictureAndEnds()
    {
        using var root = new DataRoot();
        var (exitCode, log) = await FarmProcess.RunAsync(root, "demo", "a lighthouse at dusk");
        Assert.True(exitCode == 0, log);
        Assert.Contains("noise", log, StringComparison.Ordinal);
        var image = Assert.Single(Directory.EnumerateFiles(root.Output, "*.png"));
        Assert.Contains(image, log, StringComparison.Ordinal);
        Assert.Equal((256, 256), Pictures.Decode(await File.ReadAllBytesAsync(image)) is var (width, height, _) ? (width, height) : default);
    }
}
