using System.Net.Http.Json;
using System.Text.Json;
using Farm.EndToEnd.Harness;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>What the server has, so that requests reach beyond "there is no such thing".</summary>
/// <param name="User">A user's id.</param>
/// <param name="Png">A picture's bytes.</param>
/// <param name="Image">Its name among the inputs.</param>
/// <param name="Ids">Ids of assets and prompts, hashes, names of files.</param>
internal sealed record KnownThings(string User, byte[] Png, string Image, IReadOnlyList<string> Ids)
{
    private const int Assets = 48;

    /// <summary>One of them.</summary>
    public string Any(Random random) => Ids[random.Next(Ids.Count)];

    /// <summary>Makes a user, assets, files and a prompt.</summary>
    public static async Task<KnownThings> MakeAsync(ComfyClient client)
    {
        using var added = await client.Http.PostAsJsonAsync("/users", new { username = "fuzz" });
        var user = (await added.Content.ReadFromJsonAsync<string>())!;
        client.Http.DefaultRequestHeaders.Add("Comfy-User", user);
        var png = await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png"));
        await client.UploadAsync("known.png", png);
        var ids = new List<string> { "known.png", user, "input", "output", "loras", "checkpoints", "workflows/a.json" };
        for (var i = 0; i < Assets; i++)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent([(byte)i, 1]), "file", $"{i}.bin" }, { new StringContent("input"), "tags" } };
            using var made = await client.Http.PostAsync("/api/assets", form);
            var asset = await made.Content.ReadFromJsonAsync<JsonElement>();
            ids.Add(asset.GetProperty("id").GetString()!);
            ids.Add(asset.GetProperty("asset_hash").GetString()!);
        }
        var prompt = await client.SubmitAsync(Graphs.Colour(1));
        await client.FollowAsync(prompt);
        ids.Add(prompt);
        return new KnownThings(user, png, "known.png", ids);
    }
}
