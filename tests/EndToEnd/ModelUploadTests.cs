using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>A model that is uploaded as an asset is offered from then on, without a scan or a restart.</summary>
public sealed class ModelUploadTests
{
    [Fact]
    public async Task Model_UploadedAsAnAsset_IsInItsCombosAtOnce()
    {
        using var root = new DataRoot();
        await using var farm = await FarmProcess.StartAsync(root, "--Farm:Torch:Threads", "1", "--Farm:Data:Models", Path.Combine(root.Path, "models"));
        using var client = await ComfyClient.ConnectAsync(farm);
        var before = await ChoicesAsync(client);
        using var file = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(TestModels.Folder, "checkpoints", TestModels.Corrupted)));
        using var form = new MultipartFormDataContent { { file, "file", "mine.safetensors" }, { new StringContent("models,checkpoints,mine"), "tags" } };

        using var answer = await client.Http.PostAsync("/api/assets", form);
        var after = await ChoicesAsync(client);
        var listed = await client.Http.GetFromJsonAsync<string?[]>("/models/checkpoints");
        var asset = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Empty(before);
        // Its content names it, as it names every asset's file.
        Assert.Equal($"mine/{asset.GetProperty("asset_hash").GetString()!["blake3:".Length..]}.safetensors", Assert.Single(after));
        Assert.Equal(after, listed!);
    }

    private static async Task<string?[]> ChoicesAsync(ComfyClient client)
    {
        var info = await client.Http.GetFromJsonAsync<JsonElement>("/object_info/CheckpointLoaderSimple");
        return [.. info.GetProperty("CheckpointLoaderSimple").GetProperty("input").GetProperty("required").GetProperty("ckpt_name")[0].EnumerateArray().Select(name => name.GetString())];
    }
}
