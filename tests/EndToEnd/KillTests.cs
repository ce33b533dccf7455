using System.Net.Http.Json;
using System.Text.Json;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>What was accepted is finished, whatever kills the process.</summary>
public sealed class KillTests
{
    private const int Prompts = 50, Kills = 10;

    [Fact]
    public async Task Farm_KilledTenTimesWithFiftyPrompts_FinishesEachExactlyOnce()
    {
        using var root = new DataRoot();
        var accepted = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var life = 0; life < Kills; life++)
        {
            await using var farm = await FarmProcess.StartAsync(root);
            using var client = await ComfyClient.ConnectAsync(farm);
            for (var i = 0; i < Prompts / Kills; i++)
            {
                var colour = 0x010101 * (1 + accepted.Count);
                accepted.Add(await client.SubmitAsync(Graphs.Colour(colour, blurs: 8, size: 256)), colour);
            }
            // Each life is ended after another number of messages, and so at another point of a run.
            for (var heard = 0; heard < 3 + 7 * life; heard++)
                await client.ReceiveAsync();
            await farm.KillAsync();
        }

        await using var last = await FarmProcess.StartAsync(root);
        using var auditor = await ComfyClient.ConnectAsync(last);
        await auditor.DrainAsync();
        var history = await auditor.Http.GetFromJsonAsync<JsonElement>("/history?max_items=1000");
        Assert.Equal(accepted.Keys.Order(StringComparer.Ordinal), history.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal));

        var files = new List<string>();
        foreach (var (promptId, colour) in accepted)
        {
            var entry = history.GetProperty(promptId);
            Assert.Equal("success", entry.GetProperty("status").GetProperty("status_str").GetString());
            var image = Assert.Single(entry.GetProperty("outputs").GetProperty("save").GetProperty("images").EnumerateArray());
            files.Add(image.GetProperty("filename").GetString()!);
            var (width, height, rgb) = Pictures.Decode(await File.ReadAllBytesAsync(Path.Combine(root.Output, files[^1])));
            Assert.Equal((256, 256), (width, height));
            Assert.All(rgb, value => Assert.InRange(value, (byte)(colour & 0xFF) - 1, (byte)(colour & 0xFF) + 1));
        }
        Assert.Equal(Prompts, files.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.EnumerateFiles(root.Output, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
