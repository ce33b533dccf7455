using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Gateway.Tests.Fakes;
using Farm.Storage;
using Xunit;

namespace Farm.Gateway.Tests.Assets;

/// <summary>Asset routes, statuses and shapes as recorded from ComfyUI 0.19.3; what the store makes of them is tested with the store.</summary>
public class AssetEndpointsTests
{
    private const string Unknown = "00000000-0000-0000-0000-000000000001";
    private static readonly string UnknownHash = "blake3:" + new string('0', 64);

    [Fact]
    public async Task Create_File_IsStoredByItsHashAndServed()
    {
        await using var host = await GatewayHost.StartAsync();

        var (status, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input,Sub"), ("user_metadata", """{"k": 1}"""));

        Assert.Equal(201, status);
        Assert.Equal(("a.txt", 5, "text/plain", true), (Text(asset, "name"), asset.GetProperty("size").GetInt32(), Text(asset, "mime_type"), asset.GetProperty("created_new").GetBoolean()));
        Assert.Equal(["input", "sub"], asset.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(1, asset.GetProperty("user_metadata").GetProperty("k").GetInt32());
        var file = Assert.Single(Directory.GetFiles(Path.Combine(host.Root, "input", "sub")));
        Assert.Equal(Text(asset, "asset_hash"), "blake3:" + Path.GetFileNameWithoutExtension(file));
        Assert.Equal("hello", await host.Client.GetStringAsync($"/api/assets/{Text(asset, "id")}/content"));
    }

    [Fact]
    public async Task Create_KnownContent_IsAReferenceWithoutANewFile()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, first) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));

        var (status, second) = await CreateAsync(host, "hello", "b.txt", ("tags", "output"));
        var byHash = await host.Client.PostAsJsonAsync("/api/assets/from-hash", new { hash = Text(first, "asset_hash"), name = "c", tags = new[] { "input" } });

        Assert.Equal((200, false), (status, second.GetProperty("created_new").GetBoolean()));
        Assert.Equal(201, (int)byHash.StatusCode);
        Assert.Equal(5, (await byHash.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("size").GetInt32());
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Root, "output")));
    }

    [Theory]
    [InlineData("", "INVALID_BODY")]
    [InlineData("temp", "INVALID_BODY")]
    [InlineData("models", "INVALID_BODY")]
    [InlineData("models,none", "INVALID_BODY")]
    [InlineData("input,..", "BAD_REQUEST")]
    [InlineData("input,a/../../b", "BAD_REQUEST")]
    [InlineData("input,a\\b", "BAD_REQUEST")]
    public async Task Create_TagsThatMakeNoPlace_AreRefused(string tags, string code)
    {
        await using var host = await GatewayHost.StartAsync();

        var (status, body) = await CreateAsync(host, "hello", "a.txt", ("tags", tags));

        Assert.Equal((400, code), (status, CodeOf(body)));
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Root, "input"), "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("hash", "blake3:12", "INVALID_HASH")]
    [InlineData("hash", "blake3:0000000000000000000000000000000000000000000000000000000000000000", "HASH_MISMATCH")]
    [InlineData("id", "1", "UNSUPPORTED_FIELD")]
    [InlineData("user_metadata", "{", "INVALID_BODY")]
    [InlineData("user_metadata", "[1]", "INVALID_BODY")]
    [InlineData("mime_type", "no type", "INVALID_BODY")]
    [InlineData("preview_id", "x", "INVALID_BODY")]
    public async Task Create_BadField_IsRefusedByItsCode(string field, string value, string code)
    {
        await using var host = await GatewayHost.StartAsync();

        var (status, body) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"), (field, value));

        Assert.Equal((400, code), (status, CodeOf(body)));
    }

    [Fact]
    public async Task Create_EmptyOrAbsentFile_IsRefused()
    {
        await using var host = await GatewayHost.StartAsync();
        using var fields = new MultipartFormDataContent { { new StringContent("input"), "tags" } };

        var empty = await CreateAsync(host, "", "a.txt", ("tags", "input"));
        var absent = await host.Client.PostAsync("/api/assets", fields);
        var noForm = await host.Client.PostAsync("/api/assets", new StringContent("{}"));

        Assert.Equal((400, "EMPTY_UPLOAD"), (empty.Status, CodeOf(empty.Body)));
        Assert.Equal("MISSING_FILE", CodeOf(await absent.Content.ReadFromJsonAsync<JsonElement>()));
        Assert.Equal(415, (int)noForm.StatusCode);
    }

    [Fact]
    public async Task Create_DeepMetadata_ComesBackAsItWas()
    {
        await using var host = await GatewayHost.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));

        var (status, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"), ("user_metadata", $"{{\"k\":{deep}}}"));

        Assert.Equal(201, status);
        Assert.Equal(deep, asset.GetProperty("user_metadata").GetProperty("k").GetRawText());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PUT", "", """{"name": "x"}""")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/content")]
    [InlineData("POST", "/tags", """{"tags": ["x"]}""")]
    [InlineData("DELETE", "/tags", """{"tags": ["x"]}""")]
    public async Task One_Unknown_Is404(string method, string tail, string? body = null)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await SendAsync(host, method, $"/api/assets/{Unknown}{tail}", body);

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("ASSET_NOT_FOUND", CodeOf(await answer.Content.ReadFromJsonAsync<JsonElement>()));
    }

    [Fact]
    public async Task One_NoUuid_IsNoRoute()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(404, (int)(await host.Client.GetAsync("/api/assets/none")).StatusCode);
        Assert.Equal(404, (int)(await host.Client.GetAsync($"/assets/{Unknown}")).StatusCode);
    }

    [Fact]
    public async Task Update_AnyMember_ChangesIt()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));
        var path = $"/api/assets/{Text(asset, "id")}";

        Assert.Equal("b", Text(await ReadAsync(host, "PUT", path, """{"name": "b"}"""), "name"));
        Assert.Equal(2, (await ReadAsync(host, "PUT", path, """{"user_metadata": {"n": 2}}""")).GetProperty("user_metadata").GetProperty("n").GetInt32());
        Assert.Equal(404, (int)(await SendAsync(host, "PUT", path, $"{{\"preview_id\": \"{Unknown}\"}}")).StatusCode);
        Assert.Equal("INVALID_BODY", CodeOf(await ReadAsync(host, "PUT", path, "{}")));
        Assert.Equal("INVALID_BODY", CodeOf(await ReadAsync(host, "PUT", path, """{"name": 5}""")));
        Assert.Equal("INVALID_JSON", CodeOf(await ReadAsync(host, "PUT", path, "{")));
        Assert.Equal("b", Text(await ReadAsync(host, "GET", path), "name"));
    }

    [Fact]
    public async Task Tags_AddedAndRemoved_AreListed()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));
        var path = $"/api/assets/{Text(asset, "id")}/tags";

        var added = await ReadAsync(host, "POST", path, """{"tags": ["New", "z"]}""");
        var removed = await ReadAsync(host, "DELETE", path, """{"tags": ["z"]}""");
        var listed = await ReadAsync(host, "GET", "/api/tags");
        var refined = await ReadAsync(host, "GET", "/api/assets/tags/refine");

        Assert.Equal("[\"input\",\"new\",\"z\"]", added.GetProperty("total_tags").GetRawText());
        Assert.Equal("[\"input\",\"new\"]", removed.GetProperty("total_tags").GetRawText());
        Assert.Equal(["input", "new"], listed.GetProperty("tags").EnumerateArray().Select(tag => Text(tag, "name")));
        Assert.Equal(1, refined.GetProperty("tag_counts").GetProperty("new").GetInt32());
        Assert.Equal("INVALID_BODY", CodeOf(await ReadAsync(host, "POST", path, """{"tags": []}""")));
        Assert.Equal("INVALID_BODY", CodeOf(await ReadAsync(host, "POST", path, """{"tags": [5]}""")));
    }

    [Theory]
    [InlineData("sort=name&order=asc&limit=2", "blue input")]
    [InlineData("sort=name&order=desc&offset=1", "input blue")]
    [InlineData("order=asc&offset=2", "input")]
    [InlineData("offset=9", "")]
    public async Task Refine_SortedAndPaged_IsInThatOrder(string query, string order)
    {
        await using var host = await GatewayHost.StartAsync();
        await CreateAsync(host, "one", "1.txt", ("tags", "input,red,blue"));
        await CreateAsync(host, "two", "2.txt", ("tags", "input"));

        var refined = await ReadAsync(host, "GET", $"/api/assets/tags/refine?{query}");

        Assert.Equal(order, string.Join(' ', refined.GetProperty("tag_counts").EnumerateObject().Select(tag => tag.Name)));
    }

    [Theory]
    [InlineData("sort=size")]
    [InlineData("order=up")]
    [InlineData("offset=-1")]
    public async Task Refine_QueryThatBreaksARule_NamesTheField(string query)
    {
        await using var host = await GatewayHost.StartAsync();

        var refused = await ReadAsync(host, "GET", $"/api/assets/tags/refine?{query}");

        Assert.Equal("INVALID_QUERY", CodeOf(refused));
        Assert.Contains(query.Split('=')[0], refused.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Query_IsReadAndPaged()
    {
        await using var host = await GatewayHost.StartAsync();
        for (var i = 0; i < 3; i++)
            await CreateAsync(host, i.ToString(CultureInfo.InvariantCulture), $"{i}.txt", ("tags", "input"));

        var page = await ReadAsync(host, "GET", "/api/assets?limit=2&offset=0&sort=name&order=asc&include_tags=A,b&metadata_filter=%7B%22k%22:1%7D");

        Assert.Equal((2, 3, true), (page.GetProperty("assets").GetArrayLength(), page.GetProperty("total").GetInt32(), page.GetProperty("has_more").GetBoolean()));
        var asked = host.Farm.Assets.Asked!;
        Assert.Equal((AssetSort.Name, true, 0, 2), (asked.Sort, asked.Ascending, asked.Offset, asked.Limit));
        Assert.Equal(["a", "b"], asked.Filter.IncludeTags);
        Assert.Equal("k", Assert.Single(asked.Filter.Metadata).Key);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=x")]
    [InlineData("offset=-1")]
    [InlineData("sort=none")]
    [InlineData("order=up")]
    [InlineData("metadata_filter=%7B")]
    [InlineData("name_contains=%00")]
    public async Task List_BadQuery_IsRefused(string query)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await SendAsync(host, "GET", $"/api/assets?{query}");

        Assert.Equal((400, "INVALID_QUERY"), ((int)answer.StatusCode, CodeOf(await answer.Content.ReadFromJsonAsync<JsonElement>())));
    }

    [Fact]
    public async Task Delete_WithContent_RemovesTheFile()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));
        var path = $"/api/assets/{Text(asset, "id")}";

        Assert.Equal(400, (int)(await SendAsync(host, "DELETE", path + "?delete_content=maybe")).StatusCode);
        Assert.Equal(204, (int)(await SendAsync(host, "DELETE", path + "?delete_content=true")).StatusCode);

        Assert.Equal(404, (int)(await SendAsync(host, "GET", path)).StatusCode);
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Root, "input")));
    }

    [Fact]
    public async Task Content_OfAFileThatIsGone_Is404()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));
        File.Delete(Assert.Single(Directory.GetFiles(Path.Combine(host.Root, "input"))));

        var answer = await SendAsync(host, "GET", $"/api/assets/{Text(asset, "id")}/content");

        Assert.Equal((404, "FILE_NOT_FOUND"), ((int)answer.StatusCode, CodeOf(await answer.Content.ReadFromJsonAsync<JsonElement>())));
    }

    [Fact]
    public async Task Hash_KnownOrNot_IsTold()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));

        Assert.Equal(200, await HeadAsync(Text(asset, "asset_hash")!));
        Assert.Equal(404, await HeadAsync(UnknownHash));
        Assert.Equal(400, await HeadAsync("blake3:1"));
        Assert.Equal("hello", await host.Client.GetStringAsync($"/view?filename={Text(asset, "asset_hash")}"));
        Assert.Equal(404, (int)(await SendAsync(host, "POST", "/api/assets/from-hash", $"{{\"hash\": \"{UnknownHash}\"}}")).StatusCode);
        Assert.Equal(400, (int)(await SendAsync(host, "POST", "/api/assets/from-hash", """{"hash": 5, "name": []}""")).StatusCode);

        async Task<int> HeadAsync(string hash) => (int)(await SendAsync(host, "HEAD", $"/api/assets/hash/{hash}")).StatusCode;
    }

    [Fact]
    public async Task View_HashThatOnlyAnotherTenantHas_Is404()
    {
        await using var host = await GatewayHost.StartAsync();
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", ("tags", "input"));
        var hash = Text(asset, "asset_hash");

        // The file and its hash stay in the store; the tenant's own assets have it no more.
        await SendAsync(host, "DELETE", $"/api/assets/{Text(asset, "id")}");

        Assert.NotNull(await host.Files.FindAsync(FileKey.Create(FileArea.Input, hash!["blake3:".Length..] + ".txt")));
        Assert.Equal(404, (int)(await SendAsync(host, "GET", $"/view?filename={hash}")).StatusCode);
    }

    [Fact]
    public async Task Owner_InMultiUserMode_AloneSeesAndChanges()
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Users:MultiUser", "true"));
        host.Farm.Users["a"] = new("a", "A");
        host.Farm.Users["b"] = new("b", "B");
        var (_, asset) = await CreateAsync(host, "hello", "a.txt", "a", ("tags", "input"));
        var path = $"/api/assets/{Text(asset, "id")}";

        Assert.Equal(200, await StatusAsync("GET", path, "a"));
        Assert.Equal(404, await StatusAsync("GET", path, "b"));
        Assert.Equal(404, await StatusAsync("DELETE", path, "b"));
        Assert.Equal(403, await StatusAsync("PUT", path, "b", """{"name": "x"}"""));
        Assert.Equal(403, await StatusAsync("POST", path + "/tags", "b", """{"tags": ["x"]}"""));
        Assert.Equal(401, await StatusAsync("GET", "/api/assets", "nobody"));
        Assert.Equal(401, await StatusAsync("GET", "/api/assets", null));
        Assert.Equal(401, await StatusAsync("GET", "/api/tags", null));

        async Task<int> StatusAsync(string method, string target, string? user, string? body = null) => (int)(await SendAsync(host, method, target, body, user)).StatusCode;
    }

    private static string? Text(JsonElement of, string member) => of.GetProperty(member).GetString();

    private static string? CodeOf(JsonElement body) => body.GetProperty("error").GetProperty("code").GetString();

    private static async Task<JsonElement> ReadAsync(GatewayHost host, string method, string path, string? body = null) =>
        await (await SendAsync(host, method, path, body)).Content.ReadFromJsonAsync<JsonElement>();

    private static Task<HttpResponseMessage> SendAsync(GatewayHost host, string method, string path, string? body = null, string? user = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (user is not null)
            request.Headers.Add("Comfy-User", user);
        return host.Client.SendAsync(request);
    }

    private static Task<(int Status, JsonElement Body)> CreateAsync(GatewayHost host, string content, string name, params (string, string)[] fields) =>
        CreateAsync(host, content, name, null, fields);

    private static async Task<(int Status, JsonElement Body)> CreateAsync(GatewayHost host, string content, string name, string? user, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", name } };
        foreach (var field in fields)
            form.Add(new StringContent(field.Value), field.Name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/assets") { Content = form };
        if (user is not null)
            request.Headers.Add("Comfy-User", user);
        using var answer = await host.Client.SendAsync(request);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(), new JsonDocumentOptions { MaxDepth = 1000 });
        return ((int)answer.StatusCode, body.RootElement);
    }
}
