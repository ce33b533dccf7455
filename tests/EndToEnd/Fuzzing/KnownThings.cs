using System.Net.Http.Json;
using System.Text.Json;
using Farm.EndToEnd.Harness;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>What the server has, so that requests reach beyond "there is no such thing".</summary>
/// <param name="User">A user's id.</param>
/// <param name="Png">A picture's bytes.</param>
/// <param name="Image">Its name among the inputs.</param>
/// <param name="Prompt">A prompt's id.</param>
/// <param name="Assets">Ids of assets.</param>
/// <param name="Hashes">Hashes of contents.</param>
internal sealed record KnownThings(string User, byte[] Png, string Image, string Prompt, IReadOnlyList<string> Assets, IReadOnlyList<string> Hashes)
{
    private const int AssetCount = 64;
    private static readonly string[] Names = ["input", "output", "temp", "loras", "checkpoints", "workflows/a.json", "0", "default", "EmptyImage", "LoadImage"];

    /// <summary>One of them, of any kind.</summary>
    public string Any(Random random) => random.Next(6) switch
    {
        0 => User,
        1 => Image,
        2 => Prompt,
        3 => Asset(random),
        4 => Hashes[random.Next(Hashes.Count)],
        _ => Names[random.Next(Names.Length)],
    };

    /// <summary>An asset's id.</summary>
    public string Asset(Random random) => Assets[random.Next(Assets.Count)];

    /// <summary>Makes a user, assets, files and a prompt.</summary>
    public static async Task<KnownThings> MakeAsync(ComfyClient client)
    {
        using var added = await client.Http.PostAsJsonAsync("/users", new { username = "fuzz" });
        var user = (await added.Content.ReadFromJsonAsync<string>())!;
        client.Http.DefaultRequestHeaders.Add("Comfy-User", user);
        var png = await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png"));
        await client.UploadAsync("known.png", png);
        using var workflow = await client.Http.PostAsync("/userdata/workflows%2Fa.json", new StringContent("{}"));
        var (assets, hashes) = (new List<string>(), new List<string>());
        for (var i = 0; i < AssetCount; i++)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent([(byte)i, 1]), "file", $"{i}.bin" }, { new StringContent("input"), "tags" } };
            using var made = await client.Http.PostAsync("/api/assets", form);
            var asset = await made.Content.ReadFromJsonAsync<JsonElement>();
            assets.Add(asset.GetProperty("id").GetString()!);
            hashes.Add(asset.GetProperty("asset_hash").GetString()!);
        }
        var prompt = await client.SubmitAsync(Graphs.Colour(1));
        await client.FollowAsync(prompt);
        return new KnownThings(user, png, "known.png", prompt, assets, hashes);
    }
}
