using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Farm.EndToEnd.Harness;
using Farm.TestSupport;
using Farm.TestSupport.S3;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>A backup as docs/operations.md describes it, of a farm at work, restored into a fresh one: the database first, then the files.</summary>
public sealed partial class BackupTests
{
    private const string User = "ann";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backup_OfAFarmAtWork_RestoredElsewhere_HasAllAndGoesOn(bool inBucket)
    {
        using var root = new DataRoot();
        using var fresh = new DataRoot();
        await using var server = await PostgresServer.StartAsync();
        await using var freshServer = await PostgresServer.StartAsync();
        await using var bucket = inBucket ? await S3Server.StartAsync() : null;
        await using var freshBucket = inBucket ? await S3Server.StartAsync() : null;
        var database = await server.CreateDatabaseAsync();

        Snapshot before;
        string[] unfinished;
        string dump;
        await using (var farm = await StartAsync(root, database, bucket))
        {
            using var client = await ConnectAsync(farm, isNew: true);
            before = await FillAsync(client);
            unfinished = await QueueAsync(client);

            dump = await server.DumpAsync(database);
            await CopyAsync(root.Path, fresh.Path);
            if (bucket is not null) await CopyAsync(bucket.BucketFolder, freshBucket!.BucketFolder);
            await farm.KillAsync();
        }

        var restored = await freshServer.RestoreAsync(dump);
        // A worker in a pool leaves what waits alone, so that what came back can be compared.
        await using (var farm = await StartAsync(fresh, restored, freshBucket, "--Farm:Worker:Pool", "elsewhere"))
        {
            using var reader = await ConnectAsync(farm, isNew: false);
            Assert.Equal(before.Answers, (await AskAsync(reader, before.Addresses)).Answers);
            var queue = await reader.Http.GetFromJsonAsync<JsonElement>("/queue");
            Assert.Equal(unfinished, queue.GetProperty("queue_running").EnumerateArray().Concat(queue.GetProperty("queue_pending").EnumerateArray()).Select(item => item[1].GetString()));
            await farm.StopAsync();
        }

        await using var last = await StartAsync(fresh, restored, freshBucket);
        using var auditor = await ConnectAsync(last, isNew: false);
        await auditor.DrainAsync();
        await HoldsEachOnceAsync(auditor, [.. before.Prompts, .. unfinished]);
        var attempts = (await auditor.Http.GetFromJsonAsync<JsonElement>($"/farm/api/prompts/{unfinished[0]}")).GetProperty("attempts");
        Assert.Equal(2, attempts.GetArrayLength()); // the one that ran when the backup was made, and the one here
    }

    /// <summary>Runs and makes one of everything that a backup holds.</summary>
    private static async Task<Snapshot> FillAsync(ComfyClient client)
    {
        await client.UploadAsync("in.png", await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png")));
        string[] prompts = [await client.SubmitAsync(Graphs.LoadAndSave("in.png")), await client.SubmitAsync(Graphs.Colour(0x102030))];
        foreach (var prompt in prompts) await client.FollowAsync(prompt);
        (await client.Http.PostAsync("/settings/theme", new StringContent("\"dark\"", System.Text.Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        (await client.Http.PostAsync("/userdata/workflows%2Fa.json", new StringContent("{}"))).EnsureSuccessStatusCode();
        var body = new JsonObject
        {
            ["workflow"] = Graphs.Colour(0, size: 16),
            ["parameters"] = new JsonArray(new JsonObject { ["node"] = "0", ["input"] = "color", ["values"] = new JsonArray(1, 2) }),
        };
        var batch = (await (await client.Http.PostAsJsonAsync("/farm/api/batches", body)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        while ((await client.Http.GetFromJsonAsync<JsonElement>($"/farm/api/batches/{batch}")).GetProperty("status").GetString() != "completed") { }
        JsonElement assets;
        while ((assets = (await client.Http.GetFromJsonAsync<JsonElement>("/api/assets?include_tags=output&sort=name")).GetProperty("assets")).GetArrayLength() < 4) { }
        // The scan at start lists the models beside all this.
        var models = Directory.GetFiles(TestModels.Folder, "*", SearchOption.AllDirectories).Length;
        while ((await client.Http.GetFromJsonAsync<JsonElement>("/api/assets?include_tags=models")).GetProperty("assets").GetArrayLength() < models) { }
        var asset = assets[0].GetProperty("id").GetString();
        (await client.Http.PostAsJsonAsync($"/api/assets/{asset}/tags", new { tags = new[] { "kept" } })).EnsureSuccessStatusCode();
        return await AskAsync(
            client,
            [
                "/history", "/api/jobs?status=completed", "/users", "/settings/theme", "/userdata/workflows%2Fa.json", "/api/assets?sort=name", "/api/tags", "/farm/api/ledger",
                $"/farm/api/batches/{batch}", $"/farm/api/batches/{batch}/items", .. assets.EnumerateArray().Select(item => $"/api/assets/{item.GetProperty("id").GetString()}/content"),
            ]) with { Prompts = prompts };
    }

    /// <summary>One prompt that runs for some seconds, and two that wait behind it.</summary>
    private static async Task<string[]> QueueAsync(ComfyClient client)
    {
        var running = await client.SubmitAsync(Graphs.Colour(0x405060, blurs: 6, size: 1024));
        string[] waiting = [await client.SubmitAsync(Graphs.Colour(0x708090)), await client.SubmitAsync(Graphs.Colour(0xa0b0c0))];
        while (await client.ReceiveAsync() is { } message && !(message.Type == "execution_start" && message.Data.GetProperty("prompt_id").GetString() == running)) { }
        return [running, .. waiting];
    }

    /// <summary>Every prompt ended well, and no two saved under one name.</summary>
    private static async Task HoldsEachOnceAsync(ComfyClient client, string[] prompts)
    {
        var files = new List<string>();
        foreach (var prompt in prompts)
        {
            var entry = (await client.HistoryAsync(prompt))!.Value;
            Assert.Equal("success", entry.GetProperty("status").GetProperty("status_str").GetString());
            Pictures.Decode(Assert.Single(await client.ImagesAsync(prompt)));
            files.AddRange(entry.GetProperty("outputs").EnumerateObject().SelectMany(node => node.Value.GetProperty("images").EnumerateArray()).Select(image => image.GetProperty("filename").GetString()!));
        }
        Assert.Equal(files.Distinct(StringComparer.Ordinal), files);
    }

    private static async Task<Snapshot> AskAsync(ComfyClient client, string[] addresses)
    {
        var answers = new List<string>();
        foreach (var address in addresses)
        {
            using var answer = await client.Http.GetAsync(address);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
            var isText = answer.Content.Headers.ContentType?.MediaType is "application/json";
            // Asking for a content is an access to its asset.
            answers.Add($"{address} {(isText ? Accessed().Replace(await answer.Content.ReadAsStringAsync(), "") : Convert.ToBase64String(await answer.Content.ReadAsByteArrayAsync()))}");
        }
        return new Snapshot(addresses, [.. answers], []);
    }

    private static async Task<ComfyClient> ConnectAsync(FarmProcess farm, bool isNew)
    {
        var client = await ComfyClient.ConnectAsync(farm);
        var id = User;
        if (isNew) id = await (await client.Http.PostAsJsonAsync("/users", new { username = User })).Content.ReadFromJsonAsync<string>();
        else id = (await client.Http.GetFromJsonAsync<JsonElement>("/users")).GetProperty("users").EnumerateObject().First(user => user.Value.GetString() == User).Name;
        client.Http.DefaultRequestHeaders.Add("Comfy-User", id);
        return client;
    }

    private static Task<FarmProcess> StartAsync(DataRoot root, string database, S3Server? bucket, params string[] options) => FarmProcess.StartAsync(
        root,
        [
            "--Farm:Database:Provider", "postgres", "--Farm:Database:ConnectionString", database, "--Farm:Users:MultiUser", "true",
            .. bucket?.Options("farm/").SelectMany(option => new[] { $"--{option.Key}", option.Value }) ?? [],
            .. options,
        ]);

    private static async Task CopyAsync(string from, string to)
    {
        Directory.CreateDirectory(to);
        using var copy = Process.Start("cp", ["-a", from + "/.", to]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }

    [GeneratedRegex("\"last_access_time\": ?\"[^\"]*\",?", RegexOptions.NonBacktracking)]
    private static partial Regex Accessed();

    private sealed record Snapshot(string[] Addresses, string[] Answers, string[] Prompts);
}
