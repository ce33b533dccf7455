using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>Three tenants with sockets of one clientId: what runs for one is not heard by another, come back or not.</summary>
public sealed class EventIsolationTests(LocalTenantFarm farm, ITestOutputHelper output) : IClassFixture<LocalTenantFarm>
{
    private const string ClientId = "one-client-of-three";
    private const int Rounds = 4;

    [Fact]
    public async Task Sockets_OfOneClientIdInThreeTenants_HearTheirOwnAlone()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var painter = await TenantClient.SignUpAsync(farm, "painter", "user");
        using var printer = await TenantClient.SignUpAsync(farm, "printer", "user");
        using var silent = await TenantClient.SignUpAsync(farm, TenantFarm.Unnamed, "user");
        await using var paints = new Listener(painter, ClientId);
        await using var prints = new Listener(printer, ClientId);
        await using var hears = new Listener(silent, ClientId);
        foreach (var listener in (Listener[])[paints, prints, hears])
            await listener.OpenAsync(cancel);
        await silent.PostAsync("/internal/logs/subscribe", new JsonObject { ["clientId"] = ClientId, ["enabled"] = true });
        var (paintings, printings, unnamed) = (new List<string>(), new List<string>(), new List<string>());
        for (var round = 0; round < Rounds; round++)
        {
            paintings.Add(await SubmitAsync(painter, Painting(round)));
            printings.Add(await SubmitAsync(printer, Named(Graphs.Colour(round, blurs: 2, prefix: "printer"), "printer")));
            // Without a client of its own: what is told of it is told to all sockets of its tenant.
            unnamed.Add(await SubmitAsync(printer, Named(Graphs.Colour(100 + round, prefix: "printer"), "printer"), hasClient: false));
            await printer.PostAsync("/api/assets/seed", new JsonObject { ["roots"] = new JsonArray("output") });
            // Both come back while prompts of both run or wait.
            await prints.OpenAsync(cancel);
            await paints.OpenAsync(cancel);
        }
        foreach (var painting in paintings)
            await paints.EndedAsync(painting, cancel);
        foreach (var printing in printings)
            await prints.EndedAsync(printing, cancel);
        foreach (var prompt in unnamed)
            await printer.EndedAsync(prompt, cancel);

        var paintMarks = (string[])["painter", .. paintings];
        var printMarks = (string[])["printer", .. printings, .. unnamed];
        var leaks = Leaks(paints, printMarks).Concat(Leaks(prints, paintMarks)).Concat(Leaks(hears, [.. paintMarks, .. printMarks])).ToList();
        output.WriteLine($"{paints.Texts.Count()} and {prints.Texts.Count()} messages and {paints.Frames} previews of {paintings.Count} and {printings.Count + unnamed.Count} prompts; {hears.Texts.Count()} to the silent tenant; {leaks.Count} leaks");
        Assert.Empty(leaks);
        Assert.True(paints.Frames > 0, "no preview came");
        Assert.Equal((0, 0), (prints.Frames, hears.Frames));
        Assert.All(paintings, painting => Assert.Contains(paints.Texts, text => text.Contains("painter_0", StringComparison.Ordinal) && text.Contains(painting, StringComparison.Ordinal)));
        Assert.All(hears.Texts, text => Assert.Equal(0, Remaining(text)));
        Assert.All(prints.Texts.Select(Remaining), count => Assert.InRange(count ?? 0, 0, printings.Count + unnamed.Count));
    }

    private static IEnumerable<string> Leaks(Listener listener, string[] marks) => listener.Texts.Where(text => marks.Any(mark => text.Contains(mark, StringComparison.Ordinal)));

    /// <summary>What a status message says of the queue; null for any other.</summary>
    private static int? Remaining(string text)
    {
        using var message = JsonDocument.Parse(text);
        return message.RootElement.GetProperty("type").GetString() == "status"
            ? message.RootElement.GetProperty("data").GetProperty("status").GetProperty("exec_info").GetProperty("queue_remaining").GetInt32()
            : null;
    }

    private static async Task<string> SubmitAsync(TenantClient client, JsonObject graph, bool hasClient = true)
    {
        var body = new JsonObject { ["prompt"] = graph, ["extra_data"] = new JsonObject { ["preview_method"] = "latent2rgb" } };
        if (hasClient)
            body["client_id"] = ClientId;
        var answer = await client.PostAsync("/prompt", body);
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json.GetProperty("prompt_id").GetString()!;
    }

    /// <summary>A picture whose sampler shows previews, other each round.</summary>
    private static JsonObject Painting(int round)
    {
        var graph = Graphs.Recorded("txt2img").AsObject();
        foreach (var (_, node) in graph)
        {
            var inputs = node!["inputs"]!.AsObject();
            if (inputs.ContainsKey("seed"))
                inputs["seed"] = round;
            if (inputs.ContainsKey("filename_prefix"))
                inputs["filename_prefix"] = "painter";
        }
        return Named(graph, "painter");
    }

    /// <summary>The graph with its tenant's name before every node's id.</summary>
    private static JsonObject Named(JsonObject graph, string tenant)
    {
        var named = new JsonObject();
        foreach (var (id, node) in graph)
        {
            var copy = node!.DeepClone();
            foreach (var (_, input) in copy["inputs"]!.AsObject())
                if (input is JsonArray { Count: 2 } link && link[0] is JsonValue source && source.TryGetValue<string>(out var from))
                    link[0] = $"{tenant}-{from}";
            named[$"{tenant}-{id}"] = copy;
        }
        return named;
    }
}
