using System.Diagnostics;
using System.Text.Json;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Clients that others wrote for ComfyUI, unchanged from npm. They need Node.js and npm.</summary>
public sealed class NpmClientTests(SharedFarm farm)
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    [Theory]
    [InlineData("comfyui-sdk.mjs", 1001)]
    [InlineData("comfyui-client.mjs", 1002)]
    public async Task Client_SubmitsFollowsAndFetches_GetsTheImageThatHistoryNames(string script, int seed)
    {
        var folder = await Installed.Value;
        // A seed of its own: a cached sampler would show no progress.
        var graph = Graphs.Recorded("txt2img");
        graph.AsObject().Single(node => (string?)node.Value!["class_type"] == "KSampler").Value!["inputs"]!["seed"] = seed;
        var file = Path.Combine(folder, $"graph-{seed}.json");
        await File.WriteAllTextAsync(file, graph.ToJsonString());

        var told = await RunAsync("node", folder, script, farm.Process.Address.ToString().TrimEnd('/'), file);

        var result = JsonDocument.Parse(told.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        var seen = result.GetProperty("seen").EnumerateArray().Select(name => name.GetString()).ToList();
        Assert.Contains("progress", seen);
        Assert.Equal("finished", seen[^1]);
        using var client = await ComfyClient.ConnectAsync(farm.Process);
        var history = await client.Http.GetStringAsync("/history?max_items=1");
        var id = JsonDocument.Parse(history).RootElement.EnumerateObject().Single().Name;
        Assert.Equal((await client.ImagesAsync(id)).Single(), result.GetProperty("image").GetBytesFromBase64());
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "clients");
        await RunAsync("npm", folder, "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        return folder;
    }

    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{await errors}\n{await output}");
    }
}
