using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Engine.Generated;
using Farm.Stress.Chaos;

namespace Farm.Stress.Render;

/// <summary><c>render</c>: two real workers on the CPU draw with the small checkpoint, once in peace and once under kills; every image must be the same.</summary>
internal static class RenderScenario
{
    private const string Checkpoint = "sd15-tiny";
    private const int Side = 64;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(15);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Repeats(), StressCommand.Long(), StressCommand.Keep());
        var prompts = new Option<int>("--prompts") { Description = "Prompts to draw.", DefaultValueFactory = _ => 100 };
        var kills = new Option<int>("--kills") { Description = "Workers to kill.", DefaultValueFactory = _ => 10 };
        var command = new Command("render", "Draws images with real workers, once in peace and once under kills, and compares them.") { minutes, isLong, keep, prompts, kills };
        command.SetAction((parsed, _) =>
        {
            var models = Path.Combine(Path.GetTempPath(), "farm-stress-models");
            var path = Path.Combine(models, "checkpoints", Checkpoint + ".safetensors");
            if (!File.Exists(path))
                GeneratedCheckpoints.Write(Checkpoint, path);
            var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["Farm__Data__Models"] = models };
            return StressCommand.RunAsync(
                new FarmSize(1, 1, 2), parsed.GetValue(minutes), parsed.GetValue(isLong), parsed.GetValue(keep),
                (farm, invariants) => RunAsync(farm, invariants, parsed.GetValue(prompts), parsed.GetValue(kills)), options, repeats: true);
        });
        return command;
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants, int count, int kills)
    {
        using var http = new HttpClient { BaseAddress = farm.Addresses[0], Timeout = TimeSpan.FromSeconds(60) };
        var before = await SubmitAsync(http, count);
        invariants.Check("the undisturbed run ends", await farm.DrainAsync(DrainLimit), () => "prompts are left");
        var disturbed = await SubmitAsync(http, count);
        await KillAsync(farm, kills, count);
        invariants.Check("the disturbed run ends", await farm.DrainAsync(DrainLimit), () => "prompts are left");
        await CompareAsync(http, invariants, before, disturbed);
        var prompts = await PromptRecord.ReadAsync(farm);
        var again = prompts.Count(prompt => prompt.Attempt > 1);
        invariants.Check("kills hit runs, which were tried again", again > 0, () => $"{kills} kills, and every prompt ended at its first attempt");
        var killed = farm.Workers.Sum(worker => worker.KilledEnds);
        invariants.Check("as many workers were killed as were to be", killed == kills, () => $"{killed} of {kills}");
        var history = await HistoryRecord.ReadAsync(farm);
        await new Records(farm, invariants).CheckAsync(prompts, history);
        await new FilesAudit(farm, invariants).CheckAsync(prompts, history);
        Console.WriteLine($"render: {count} prompts, {kills} kills, {again} prompts were tried again");
    }

    private static async Task CompareAsync(HttpClient http, Invariants invariants, string[] before, string[] disturbed)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < before.Length; i++)
        {
            var (expected, actual) = (await ImageAsync(http, before[i]), await ImageAsync(http, disturbed[i]));
            invariants.Check("images under kills equal those of an undisturbed run", expected is not null && actual is not null && expected.AsSpan().SequenceEqual(actual), () => $"prompt {i}: {expected?.Length} and {actual?.Length} bytes");
            var pixels = actual is null ? null : Picture.Pixels(actual, Side, Side);
            invariants.Check("images are whole", pixels is not null, () => $"prompt {i}: {actual?.Length} bytes");
            invariants.Check("images of different seeds differ", pixels is not null && seen.Add(Convert.ToHexString(SHA256.HashData(pixels))), () => $"prompt {i} is as one before it");
        }
    }

    /// <summary>Kills workers while they draw, spread over the run: each time so many more prompts have ended.</summary>
    private static async Task KillAsync(StressFarm farm, int kills, int count)
    {
        Member? last = null;
        for (var kill = 0; kill < kills; kill++)
        {
            var ended = count + kill * count / (kills + 1);
            while (await farm.CountAsync("SELECT count(*) FROM prompts WHERE status = 2") < ended)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            last = await KillOneAsync(farm, last);
            if (last is null)
                return;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kill {kill + 1} of {kills} after {ended - count} of {count} prompts: {last.Name}"));
        }
    }

    /// <summary>
    /// Kills a worker that draws, another than the last, which could otherwise be killed so often in a row that it is set aside; null when no prompt
    /// is left.
    /// </summary>
    private static async Task<Member?> KillOneAsync(StressFarm farm, Member? last)
    {
        while (await farm.CountAsync("SELECT count(*) FROM prompts WHERE status < 2") > 0)
        {
            var busy = await farm.ReadAsync($"SELECT worker_id FROM prompts WHERE status = 1 AND worker_id <> '{last?.Name}' ORDER BY started_at DESC LIMIT 1", row => row.GetString(0));
            if (busy is [var name] && farm.Workers.Single(worker => worker.Name == name) is var worker && worker.Ends is var ends && worker.Kill())
            {
                await worker.UntilEndedAsync(ends);
                return worker;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        return null;
    }

    private static async Task<string[]> SubmitAsync(HttpClient http, int count)
    {
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var answer = await http.PostAsJsonAsync("/prompt", new JsonObject { ["prompt"] = Graph(i) });
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            ids[i] = answer.IsSuccessStatusCode ? body.GetProperty("prompt_id").GetString()! : throw new InvalidOperationException(body.ToString());
        }
        return ids;
    }

    private static async Task<byte[]?> ImageAsync(HttpClient http, string promptId)
    {
        var history = await http.GetFromJsonAsync<JsonElement>($"/history/{promptId}");
        if (!history.TryGetProperty(promptId, out var entry) || !entry.GetProperty("outputs").TryGetProperty("7", out var saved))
            return null;
        var name = saved.GetProperty("images")[0].GetProperty("filename").GetString()!;
        return await http.GetByteArrayAsync($"/view?filename={Uri.EscapeDataString(name)}&type=output");
    }

    private static JsonObject Graph(int seed) => new()
    {
        ["1"] = Node("CheckpointLoaderSimple", new() { ["ckpt_name"] = Checkpoint + ".safetensors" }),
        ["2"] = Node("CLIPTextEncode", new() { ["clip"] = Link("1", 1), ["text"] = "a lighthouse" }),
        ["3"] = Node("CLIPTextEncode", new() { ["clip"] = Link("1", 1), ["text"] = "blurry" }),
        ["4"] = Node("EmptyLatentImage", new() { ["width"] = Side, ["height"] = Side, ["batch_size"] = 1 }),
        ["5"] = Node("KSampler", new()
        {
            ["model"] = Link("1", 0), ["positive"] = Link("2", 0), ["negative"] = Link("3", 0), ["latent_image"] = Link("4", 0),
            ["seed"] = seed, ["steps"] = 4, ["cfg"] = 5.0, ["sampler_name"] = "euler", ["scheduler"] = "normal", ["denoise"] = 1.0,
        }),
        ["6"] = Node("VAEDecode", new() { ["samples"] = Link("5", 0), ["vae"] = Link("1", 2) }),
        ["7"] = Node("SaveImage", new() { ["images"] = Link("6", 0), ["filename_prefix"] = "render" }),
    };

    private static JsonObject Node(string classType, JsonObject inputs) => new() { ["class_type"] = classType, ["inputs"] = inputs };

    private static JsonArray Link(string node, int slot) => [node, slot];
}
