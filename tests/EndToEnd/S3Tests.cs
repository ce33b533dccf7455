using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;
using Farm.Storage.Hashing;
using Farm.TestSupport.S3;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>A farm whose files lie in a bucket. It needs Node.js and npm, for the S3 server.</summary>
public sealed class S3Tests : IAsyncLifetime
{
    private const string Prefix = "studio/farm/";

    private readonly DataRoot _root = new();
    private S3Server _s3 = null!;

    private string Names => Path.Combine(_s3.BucketFolder, Prefix, "names");

    public async ValueTask InitializeAsync() => _s3 = await S3Server.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _s3.DisposeAsync();
        _root.Dispose();
    }

    [Fact]
    public async Task MainJob_FilesInABucket_IsAsWithFolders()
    {
        string promptId;
        await using (var farm = await StartAsync())
        {
            using var client = await ComfyClient.ConnectAsync(farm);
            var fixture = await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png"));
            await client.UploadAsync("fixture.png", fixture);
            promptId = await client.SubmitAsync(Graphs.Recorded("img2img"));
            var messages = await client.FollowAsync(promptId);
            Assert.DoesNotContain(messages, message => message.Type == "execution_error");
            var image = Assert.Single(await client.ImagesAsync(promptId));
            Pictures.AssertAlike(await File.ReadAllBytesAsync(Graphs.PathOf("img2img.9.0.png")), image);

            var hash = ContentHash.Of(Blake3.Hash(fixture));
            Assert.Equal(fixture, await client.Http.GetByteArrayAsync($"/view?filename={hash}"));
            using var part = new HttpRequestMessage(HttpMethod.Get, "/view?filename=fixture.png&type=input") { Headers = { Range = new RangeHeaderValue(100, 199) } };
            using var ranged = await client.Http.SendAsync(part);
            Assert.Equal(HttpStatusCode.PartialContent, ranged.StatusCode);
            Assert.Equal(fixture[100..200], await ranged.Content.ReadAsByteArrayAsync());
            var info = await client.Http.GetFromJsonAsync<JsonElement>("/object_info/LoadImage");
            Assert.Equal(["fixture.png"], info.GetProperty("LoadImage").GetProperty("input").GetProperty("required").GetProperty("image")[0].EnumerateArray().Select(name => name.GetString()));

            using var workflow = await client.Http.PostAsync("/userdata/workflows%2Fa.json", new StringContent("{}"));
            Assert.Equal(HttpStatusCode.OK, workflow.StatusCode);
            Assert.Equal("[\"a.json\"]", await client.Http.GetStringAsync("/userdata?dir=workflows"));
            Assert.Equal("{}", await client.Http.GetStringAsync("/userdata/workflows%2Fa.json"));
        }
        Assert.Equal(["input", "output", "user"], Directory.EnumerateDirectories(Names).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All((string[])["input", "output", "temp", "user"], area => Assert.False(Directory.Exists(Path.Combine(_root.Path, area))));
        // What the attempt noted was kept; nothing is left of how it was written.
        Assert.All((string[])["runs", "draws", "claims", "staging"], kind => Assert.False(Directory.Exists(Path.Combine(_s3.BucketFolder, Prefix, kind))));

        await using (var farm = await StartAsync())
        {
            using var client = await ComfyClient.ConnectAsync(farm);
            Assert.NotNull(await client.HistoryAsync(promptId));
            var image = Assert.Single(await client.ImagesAsync(promptId));
            Pictures.AssertAlike(await File.ReadAllBytesAsync(Graphs.PathOf("img2img.9.0.png")), image);

            await _s3.StopAsync();
            using var unavailable = await client.Http.GetAsync("/view?filename=fixture.png&type=input");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
            Assert.DoesNotContain(_s3.Address.Port.ToString(CultureInfo.InvariantCulture), await unavailable.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.NotNull(await client.HistoryAsync(promptId));
        }
    }

    [Fact]
    public async Task Nodes_ThatNeedRealPaths_ReadAndWriteTheBucketsFiles()
    {
        await using var farm = await StartAsync();
        using var client = await ComfyClient.ConnectAsync(farm);
        // Written and read by ffmpeg, which knows paths only.
        var saving = Graphs.Colour(0x4080C0, prefix: "still");
        saving["0"]!["inputs"]!["batch_size"] = 4;
        saving["video"] = Graphs.Node("CreateVideo", new() { ["images"] = Graphs.Link("0", 0), ["fps"] = 8.0 });
        saving["clip"] = Graphs.Node("SaveVideo", new() { ["video"] = Graphs.Link("video", 0), ["filename_prefix"] = "video/clip", ["format"] = "auto", ["codec"] = "auto" });
        saving.Remove("save");
        var clip = Assert.Single(await RunAsync(client, saving));
        await client.UploadAsync("clip.mp4", clip);
        var loading = new JsonObject
        {
            ["1"] = Graphs.Node("LoadVideo", new() { ["file"] = "clip.mp4" }),
            ["2"] = Graphs.Node("GetVideoComponents", new() { ["video"] = Graphs.Link("1", 0) }),
            ["3"] = Graphs.Node("SaveImage", new() { ["images"] = Graphs.Link("2", 0), ["filename_prefix"] = "frames" }),
        };
        var frames = await RunAsync(client, loading);
        Assert.Equal(4, frames.Count);
        var (_, _, rgb) = Pictures.Decode(frames[3]);
        Assert.All(rgb[..3].Zip((byte[])[0x40, 0x80, 0xC0]), pair => Assert.InRange(pair.First, pair.Second - 6, pair.Second + 6));
        // A result read by its annotated name.
        var again = Assert.Single(await RunAsync(client, Graphs.LoadAndSave("frames_00004_.png [output]")));
        Assert.Equal(rgb, Pictures.Decode(again).Rgb);

        using var scan = await client.Http.PostAsJsonAsync("/api/assets/seed?wait=true", new { roots = new[] { "input", "output" } });
        Assert.Equal(HttpStatusCode.OK, scan.StatusCode);
        var assets = await client.Http.GetFromJsonAsync<JsonElement>("/api/assets?limit=100");
        var hashes = assets.GetProperty("assets").EnumerateArray().ToDictionary(asset => asset.GetProperty("name").GetString()!, asset => asset.GetProperty("asset_hash").GetString());
        Assert.Equal(["clip.mp4", "clip_00001_.mp4", "frames_00001_.png", "frames_00002_.png", "frames_00003_.png", "frames_00004_.png", "loaded_00001_.png"], hashes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ContentHash.Of(Blake3.Hash(clip)).ToString(), hashes["clip.mp4"]);
    }

    [Fact]
    public async Task Farm_KilledWhileItRuns_LeavesInTheBucketWhatHistoryNames()
    {
        var accepted = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var life = 0; life < 4; life++)
        {
            await using var farm = await StartAsync();
            using var client = await ComfyClient.ConnectAsync(farm);
            for (var i = 0; i < 4; i++)
            {
                var colour = 0x010101 * (1 + 10 * accepted.Count);
                accepted.Add(await client.SubmitAsync(Graphs.Colour(colour, blurs: 4)), colour);
            }
            // Each life is ended after another number of messages, and so at another point of a run.
            for (var heard = 0; heard < 4 + 5 * life; heard++)
                await client.ReceiveAsync();
            await farm.KillAsync();
        }

        await using var last = await StartAsync();
        using var auditor = await ComfyClient.ConnectAsync(last);
        await auditor.DrainAsync();
        foreach (var (promptId, colour) in accepted)
        {
            var (_, _, rgb) = Pictures.Decode(Assert.Single(await auditor.ImagesAsync(promptId)));
            Assert.All(rgb, value => Assert.InRange(value, (colour & 0xFF) - 1, (colour & 0xFF) + 1));
        }
        var history = await auditor.Http.GetFromJsonAsync<JsonElement>("/history?max_items=100");
        var named = history.EnumerateObject().Select(entry => entry.Value.GetProperty("outputs").GetProperty("save").GetProperty("images")[0].GetProperty("filename").GetString());
        var kept = Directory.EnumerateFiles(Path.Combine(Names, "output"), "*._S3rver_object", SearchOption.AllDirectories).Select(path => Path.GetFileName(path).Replace("._S3rver_object", "", StringComparison.Ordinal));
        Assert.Equal(named.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Asset_Uploaded_IsKnownByItsHashAndReadFromTheBucket()
    {
        await using var farm = await StartAsync();
        using var client = await ComfyClient.ConnectAsync(farm);
        var content = Encoding.UTF8.GetBytes("an asset");
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", "note.txt" }, { new StringContent("input,notes"), "tags" } };
        using var made = await client.Http.PostAsync("/api/assets", form);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var asset = await made.Content.ReadFromJsonAsync<JsonElement>();
        var id = asset.GetProperty("id").GetString();
        Assert.Equal(ContentHash.Of(Blake3.Hash(content)).ToString(), asset.GetProperty("asset_hash").GetString());
        Assert.Equal(content, await client.Http.GetByteArrayAsync($"/api/assets/{id}/content"));
        using var removed = await client.Http.DeleteAsync($"/api/assets/{id}?delete_content=true");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Empty(Directory.Exists(Names) ? Directory.EnumerateFiles(Names, "*_object", SearchOption.AllDirectories) : []);
    }

    [Fact]
    public async Task Names_InEveryEncoding_NeverLeaveTheirPrefix()
    {
        await using var farm = await StartAsync();
        using var client = await ComfyClient.ConnectAsync(farm);
        string[] names =
        [
            "../x.png", "..%2Fx.png", "%2e%2e%2fx.png", "%252e%252e%252fx.png", "..\\x.png", "/etc/x.png", "a/../../x.png", "．．／x.png", "x\u0000.png", "..;/x.png",
            "../../../../farm/x.png", "....//x.png", "%c0%ae%c0%ae%c0%afx.png", "names/output/:/x.png", ":/:/x.png", "x.png/../../../y", "\u202e.png",
        ];
        foreach (var name in names)
        {
            var escaped = Uri.EscapeDataString(name);
            await SendAsync(farm, client, Upload(name, ""));
            await SendAsync(farm, client, Upload("x.png", name));
            foreach (var path in (string[])[name.Replace("\\", "%5C", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal).Replace("\0", "%00", StringComparison.Ordinal), escaped, Uri.EscapeDataString(escaped)])
            {
                await SendAsync(farm, client, new HttpRequestMessage(HttpMethod.Post, $"/userdata/{path}") { Content = new StringContent("x") });
                await SendAsync(farm, client, new HttpRequestMessage(HttpMethod.Get, $"/userdata?dir={path}"));
                await SendAsync(farm, client, new HttpRequestMessage(HttpMethod.Get, $"/view?filename={path}&type=output"));
                await SendAsync(farm, client, new HttpRequestMessage(HttpMethod.Get, $"/view?filename=x.png&type=input&subfolder={path}"));
            }
        }
        Assert.True(_s3.IsAlive, _s3.Log);
        Assert.Equal([_s3.BucketFolder], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_s3.BucketFolder)!));
        var outside = Directory.EnumerateFiles(_s3.BucketFolder, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(Path.Combine(_s3.BucketFolder, Prefix), StringComparison.Ordinal) && !path.Contains("._S3rver_uploads", StringComparison.Ordinal));
        Assert.Empty(outside);
        // Nothing was written into another area, and no user's file out of the user's own folder.
        Assert.Equal(["input", "user"], Directory.EnumerateDirectories(Names).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["default"], Directory.EnumerateDirectories(Path.Combine(Names, "user")).Select(Path.GetFileName));
    }

    private static async Task<IReadOnlyList<byte[]>> RunAsync(ComfyClient client, JsonNode graph)
    {
        var promptId = await client.SubmitAsync(graph);
        var failure = (await client.FollowAsync(promptId)).FirstOrDefault(message => message.Type == "execution_error");
        Assert.True(failure is null, failure?.Data.ToString());
        return await client.ImagesAsync(promptId);
    }

    private static HttpRequestMessage Upload(string name, string subfolder)
    {
        var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"image\"; filename=\"{name.Replace("\0", "", StringComparison.Ordinal)}\"");
        var form = new MultipartFormDataContent { file, { new StringContent(subfolder), "subfolder" } };
        return new HttpRequestMessage(HttpMethod.Post, "/upload/image") { Content = form };
    }

    /// <summary>Sends a request that may be refused but must not break the server.</summary>
    private static async Task SendAsync(FarmProcess farm, ComfyClient client, HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await client.Http.SendAsync(request);
            Assert.True((int)answer.StatusCode < 500, $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode}\n{farm.Log}");
        }
    }

    /// <summary>A farm over the bucket; it scans for assets when it is asked to, and not beside that.</summary>
    private Task<FarmProcess> StartAsync() =>
        FarmProcess.StartAsync(_root, ["--Farm:Assets:ScanAtStart=false", .. _s3.Options(Prefix).Select(option => $"--{option.Key}={option.Value}")]);
}
