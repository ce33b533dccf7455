using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Farm.EndToEnd.ExecutionRules;
using Farm.EndToEnd.Harness;
using Farm.Storage.Hashing;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>One of everything that a tenant can have, and how it stands.</summary>
internal sealed class Belongings
{
    public const string Upload = "acme-upload.png", Note = "acme-note.txt", Model = "acme-model.safetensors", Prefix = "acme-out", Workflow = "workflows/acme-flow.json",
        Setting = "Acme.Setting", Tag = "acme-tag", AssetName = "acme-asset.txt", ClientId = "one-client-of-many";

    /// <summary>In every content that the tenant wrote.</summary>
    public const string Secret = "what-only-acme-knows";

    private readonly TenantClient _owner;

    private Belongings(TenantClient owner) => _owner = owner;

    /// <summary>A prompt that ended.</summary>
    public string Ended { get; private set; } = "";

    /// <summary>A prompt that runs until it is stopped.</summary>
    public string Running { get; private set; } = "";

    /// <summary>A prompt that waits for a worker that never comes.</summary>
    public string Waiting { get; } = Guid.NewGuid().ToString();

    /// <summary>The file that the ended prompt saved.</summary>
    public string Output { get; private set; } = "";

    /// <summary>The preview that it left.</summary>
    public string Preview { get; private set; } = "";

    public string Asset { get; private set; } = "";

    public string Batch { get; private set; } = "";

    public string User => _owner.User;

    /// <summary>The hash of the note's bytes.</summary>
    public string Hash { get; } = ContentHash.Of(Blake3.Hash(NoteBytes)).ToString();

    public static byte[] NoteBytes => Encoding.UTF8.GetBytes($"a note: {Secret}");

    /// <summary>What no answer to another tenant may hold, unless it was asked with it.</summary>
    public IEnumerable<string> Marks =>
        [Secret, Upload, Note, Model, Prefix, "acme-flow", Setting, Tag, AssetName, Ended, Running, Waiting, Preview, Asset, Batch, User, Hash, TenantFarm.Owner];

    /// <summary>Makes everything.</summary>
    public static async Task<Belongings> MakeAsync(TenantClient owner, CancellationToken cancel)
    {
        var made = new Belongings(owner);
        await made.MakeFilesAsync();
        await made.MakePromptsAsync(cancel);
        return made;
    }

    /// <summary>All of it, as its owner finds it.</summary>
    public async Task<string> SnapshotAsync()
    {
        var text = new StringBuilder();
        foreach (var path in (string[])
            [
                $"/view?filename={Upload}&type=input", $"/view?filename={Note}&type=input", $"/view?filename={Model}&type=output&subfolder=checkpoints", $"/view?filename={Output}&type=output",
                $"/view?filename={Preview}&type=temp", $"/userdata/{Uri.EscapeDataString(Workflow)}", $"/api/assets/{Asset}/content",
            ])
        {
            var answer = await _owner.GetAsync(path);
            text.AppendLine($"{path}: {answer.Status} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(answer.Body)))}");
        }
        foreach (var path in (string[])
            [
                "/queue", "/history", "/settings", "/users", "/v2/userdata", "/internal/files/input", "/internal/files/output", "/internal/files/temp", "/models/checkpoints", "/object_info/LoadImage",
                "/api/jobs", $"/farm/api/batches/{Batch}", $"/farm/api/batches/{Batch}/items", $"/farm/api/prompts/{Ended}", "/farm/api/ledger", "/api/tags",
            ])
        {
            text.AppendLine($"{path}: {(await _owner.GetAsync(path)).Body}");
        }
        foreach (var asset in (await _owner.GetAsync("/api/assets?limit=100")).Json.GetProperty("assets").EnumerateArray())
            text.AppendLine($"{asset.GetProperty("id")} {asset.GetProperty("name")} {asset.GetProperty("tags")} {asset.GetProperty("asset_hash")} {asset.GetProperty("size")}");
        return text.ToString();
    }

    /// <summary>Ends what would run or wait for ever.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        await _owner.PostAsync($"/farm/api/batches/{Batch}/cancel");
        await _owner.PostAsync("/queue", new JsonObject { ["clear"] = true });
        await _owner.PostAsync("/interrupt");
        await _owner.EndedAsync(Running, cancel);
    }

    /// <summary>A graph that runs until it is stopped.</summary>
    public static JsonObject Sleeping(int colour)
    {
        var graph = Graphs.Colour(colour, size: 16, prefix: $"{Prefix}-never");
        graph["sleep"] = Graphs.Node("TestSleep", new() { ["value"] = Graphs.Link("0", 0), ["seconds"] = 9999.0 });
        graph["save"]!["inputs"]!["images"] = RulesGraph.Link("sleep");
        return graph;
    }

    private static void Expect(int status, Answer answer) => Assert.True(answer.Status == status, $"{answer.Sent}\n{answer.Status}: {answer.Body}");

    private async Task MakeFilesAsync()
    {
        var header = Encoding.UTF8.GetBytes($$$"""{"__metadata__":{"ssmd_note":"{{{Secret}}}"}}""");
        var model = new byte[8 + header.Length];
        BinaryPrimitives.WriteInt64LittleEndian(model, header.Length);
        header.CopyTo(model, 8);
        Expect(200, await _owner.UploadAsync(Upload, await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png"))));
        Expect(200, await _owner.UploadAsync(Note, NoteBytes));
        Expect(200, await _owner.UploadAsync(Model, model, "output", "checkpoints"));
        Expect(200, await _owner.PostAsync($"/userdata/{Uri.EscapeDataString(Workflow)}", new JsonObject { ["note"] = Secret }));
        Expect(200, await _owner.PostAsync($"/settings/{Setting}", Secret));
        var asset = await _owner.CreateAssetAsync(AssetName, Encoding.UTF8.GetBytes($"an asset of {User}: {Secret}"), ("tags", $"input,{Tag}"), ("user_metadata", $$"""{"note":"{{Secret}}"}"""));
        Expect(201, asset);
        Asset = asset.Json.GetProperty("id").GetString()!;
    }

    private async Task MakePromptsAsync(CancellationToken cancel)
    {
        var graph = Graphs.LoadAndSave(Upload);
        graph["2"]!["inputs"]!["filename_prefix"] = Prefix;
        graph["3"] = Graphs.Node("PreviewImage", new() { ["images"] = Graphs.Link("1", 0) });
        Ended = await SubmitAsync(graph);
        var outputs = (await _owner.EndedAsync(Ended, cancel)).GetProperty("outputs");
        Output = outputs.GetProperty("2").GetProperty("images")[0].GetProperty("filename").GetString()!;
        Preview = outputs.GetProperty("3").GetProperty("images")[0].GetProperty("filename").GetString()!;
        await RegisteredAsync(cancel);
        Running = await SubmitAsync(Sleeping(1));
        await _owner.RunningAsync(Running, cancel);
        Expect(200, await _owner.SubmitAsync(Graphs.Colour(2), Waiting, pool: "own", ClientId));
        var batch = await _owner.PostAsync("/farm/api/batches", new JsonObject
        {
            ["workflow"] = Graphs.Colour(3),
            ["name"] = Secret,
            ["extra_data"] = new JsonObject { ["farm"] = new JsonObject { ["pool"] = "own" } },
            ["parameters"] = new JsonArray(new JsonObject { ["node"] = "0", ["input"] = "color", ["values"] = new JsonArray(1, 2) }),
        });
        Expect(201, batch);
        Batch = batch.Json.GetProperty("id").GetString()!;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await _owner.GetAsync($"/farm/api/batches/{Batch}")).Json.GetProperty("counts").GetProperty("submitted").GetInt32() < 2 && await timer.WaitForNextTickAsync(cancel))
        {
        }
    }

    /// <summary>A prompt's files become assets a moment after it ended.</summary>
    private async Task RegisteredAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!(await _owner.GetAsync("/api/assets?limit=100")).Body.Contains(Output, StringComparison.Ordinal) && await timer.WaitForNextTickAsync(cancel))
        {
        }
    }

    private async Task<string> SubmitAsync(JsonNode graph)
    {
        var answer = await _owner.SubmitAsync(graph, clientId: ClientId);
        Expect(200, answer);
        return answer.Json.GetProperty("prompt_id").GetString()!;
    }
}
