using System.Net;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Prompts;

public class PromptEndpointsTests
{
    private const string Graph = """{"1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 8, "batch_size": 1, "color": 1}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}""";

    [Theory]
    [InlineData("/prompt")]
    [InlineData("/api/prompt")]
    public async Task Post_OfAValidPrompt_IsQueuedWithItsTargets(string path)
    {
        await using var host = await GatewayHost.StartAsync();

        var (status, answer) = await PostAsync(host, path, $$"""{"prompt": {{Graph}}, "client_id": "me", "prompt_id": "p"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"prompt_id":"p","number":0,"node_errors":{}}""", answer);
        var submission = Assert.Single(host.Farm.Submitted);
        Assert.Equal(["2"], submission.Targets);
        Assert.Equal(["EmptyImage", "PreviewImage"], submission.ClassTypes);
        Assert.Equal("me", submission.ClientId);
    }

    [Fact]
    public async Task Post_OfAUuidAgain_GoesToTheSameRun_AndWithAnotherBodyIsRefused()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{Id}}", "client_id": "me"}""");

        var (again, _) = await PostAsync(host, "/prompt", $$"""{"prompt":{{Graph}}, "prompt_id":"{{Id}}", "client_id":"me"}""");
        var (other, answer) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{Id}}", "client_id": "you"}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (again, other));
        Assert.Contains("""
            "type":"prompt_id_conflict"
            """, answer, StringComparison.Ordinal);
        Assert.EndsWith("""
            "node_errors":{}}
            """, answer, StringComparison.Ordinal);
        Assert.Single(host.Farm.Runs);
    }

    [Fact]
    public async Task Post_OfAUuidAgainAtTheQuota_IsAnsweredAsBefore_AndWithAnotherBodyIsAConflict()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        var (_, first) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{Id}}"}""");
        host.Farm.RetryAfter = TimeSpan.FromSeconds(1);

        var again = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{Id}}"}""");
        var (other, answer) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{Id}}", "client_id": "you"}""");
        var (broken, _) = await PostAsync(host, "/prompt", $$"""{"prompt": {}, "prompt_id": "{{Id}}"}""");
        var (fresh, _) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}""");

        Assert.Equal((HttpStatusCode.OK, first), again);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests), (other, broken, fresh));
        Assert.Contains("""
            "type":"prompt_id_conflict"
            """, answer, StringComparison.Ordinal);
        Assert.Single(host.Farm.Submitted);
    }

    [Fact]
    public async Task Post_OfAUuidAgainAfterItsFileWent_IsAnsweredAsBefore()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        var input = Path.Combine(host.Root, "input");
        Directory.CreateDirectory(input);
        await File.WriteAllBytesAsync(Path.Combine(input, "gone.png"), [1]);
        const string Loads = """{"1": {"class_type": "LoadImage", "inputs": {"image": "gone.png"}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}""";
        var first = await PostAsync(host, "/prompt", $$"""{"prompt": {{Loads}}, "prompt_id": "{{Id}}", "number": 3}""");
        File.Delete(Path.Combine(input, "gone.png"));

        var again = await PostAsync(host, "/prompt", $$"""{"prompt": {{Loads}}, "prompt_id": "{{Id}}", "number": 3}""");
        var (other, _) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Loads}}, "prompt_id": "{{Id}}", "number": 4}""");
        var (fresh, _) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Loads}}, "prompt_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}""");

        Assert.Equal((HttpStatusCode.OK, $$$"""{"prompt_id":"{{{Id}}}","number":3.0,"node_errors":{}}"""), first);
        Assert.Equal(first, again);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.BadRequest), (other, fresh));
    }

    // As in ComfyUI, where any id may repeat.
    [Theory]
    [InlineData("p")]
    [InlineData("0F8FAD5B-D9CB-469F-A165-70867728950E")]
    public async Task Post_OfAnyOtherIdAgain_IsAnotherRun(string id)
    {
        await using var host = await GatewayHost.StartAsync();

        await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{id}}"}""");
        var (status, _) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "{{id}}", "client_id": "you"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, host.Farm.Runs.Count);
    }

    [Fact]
    public async Task Post_WhileTheDatabaseIsAway_Is503WithRetryAfter()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Failure = new Farm.Contracts.Prompts.StoreUnavailableException();

        using var answer = await host.Client.PostAsync("/prompt", new StringContent($$"""{"prompt": {{Graph}}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("""
            "type":"farm_unavailable"
            """, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // Numbers as recorded from ComfyUI 0.19.3: given ones become floats, front negates the drawn one.
    [Theory]
    [InlineData("\"number\": 7", "7.0")]
    [InlineData("\"number\": -3", "-3.0")]
    [InlineData("\"number\": \"12\"", "12.0")]
    [InlineData("\"number\": true", "1.0")]
    [InlineData("\"front\": false", "1")]
    [InlineData("\"front\": true", "-1")]
    public async Task Rule2_2_Number_GivenOrDrawn_IsAnsweredAsRecorded(string member, string expected)
    {
        await using var host = await GatewayHost.StartAsync();
        await PostAsync(host, "/prompt", "{}");

        var (_, answer) = await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "prompt_id": "p", {{member}}}""");

        Assert.Equal($$$"""{"prompt_id":"p","number":{{{expected}}},"node_errors":{}}""", answer);
    }

    [Fact]
    public async Task Rule2_4_ExtraData_WithSecrets_GoesOnWithoutThem()
    {
        await using var host = await GatewayHost.StartAsync();

        await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, "extra_data": {"z": 1.0, "api_key_comfy_org": "s2", "a": null, "auth_token_comfy_org": "s1"}, "client_id": 5}""");

        var submission = Assert.Single(host.Farm.Submitted);
        Assert.StartsWith("""{"z":1.0,"a":null,"client_id":5,"create_time":""", submission.ExtraData, StringComparison.Ordinal);
        Assert.Equal("""{"auth_token_comfy_org":"s1","api_key_comfy_org":"s2"}""", submission.Secrets);
        Assert.Equal("5", submission.ClientId);
    }

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("{\"prompt\": ", "invalid_json")]
    [InlineData("null", "invalid_request")]
    [InlineData("5", "invalid_request")]
    [InlineData("[]", "no_prompt")]
    [InlineData("{}", "no_prompt")]
    [InlineData("{\"prompt\": []}", "invalid_request")]
    [InlineData("{\"prompt\": \"x\"}", "invalid_request")]
    [InlineData("{\"prompt\": {}}", "prompt_no_outputs")]
    [InlineData("{\"prompt\": {\"1\": 5}}", "missing_node_type")]
    [InlineData("{\"prompt\": {}, \"number\": \"abc\"}", "invalid_request")]
    [InlineData("{\"prompt\": {}, \"number\": null}", "invalid_request")]
    [InlineData("{\"prompt\": {}, \"extra_data\": 1}", "invalid_request")]
    [InlineData("{\"prompt\": {}, \"partial_execution_targets\": \"1\"}", "invalid_request")]
    [InlineData("{\"prompt\": {\"\\ud800\": 1}}", "invalid_json")]
    public async Task Rule2_5_Body_ThatIsWrong_IsRefusedInComfyShape(string body, string type)
    {
        await using var host = await GatewayHost.StartAsync();

        var (status, answer) = await PostAsync(host, "/prompt", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var read = JsonDocument.Parse(answer);
        Assert.Equal(type, read.RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Object, read.RootElement.GetProperty("node_errors").ValueKind);
    }

    [Fact]
    public async Task Rule2_1_BodyWithoutAPrompt_IsAnsweredAsRecorded()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(
            (HttpStatusCode.BadRequest, """{"error":{"type":"no_prompt","message":"No prompt provided","details":"No prompt provided","extra_info":{}},"node_errors":{}}"""),
            await PostAsync(host, "/prompt", "{}"));
    }

    // A 500 in ComfyUI.
    [Fact]
    public async Task Rule2_1_PromptThatIsNoObject_IsRefusedByName()
    {
        await using var host = await GatewayHost.StartAsync();

        var (status, answer) = await PostAsync(host, "/prompt", """{"prompt": []}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("prompt: must be an object", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"prompt_id\": 5, \"client_id\": 7", "5", "7")]
    [InlineData("\"prompt_id\": true, \"extra_data\": {\"client_id\": \"e\"}", "True", "e")]
    [InlineData("\"prompt_id\": \"x\", \"extra_data\": {\"client_id\": \"e\"}, \"client_id\": \"c\"", "x", "c")]
    public async Task Rule2_3_Ids_AreTakenAsText_TheClientsFromTheBodyFirst(string members, string promptId, string clientId)
    {
        await using var host = await GatewayHost.StartAsync();

        await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}, {{members}}}""");

        var submission = Assert.Single(host.Farm.Submitted);
        Assert.Equal((promptId, clientId), (submission.PromptId, submission.ClientId));
    }

    [Fact]
    public async Task Rule2_3_WithoutAnId_ThePromptGetsAUuid()
    {
        await using var host = await GatewayHost.StartAsync();

        await PostAsync(host, "/prompt", $$"""{"prompt": {{Graph}}}""");

        Assert.True(Guid.TryParseExact(Assert.Single(host.Farm.Submitted).PromptId, "D", out _));
    }

    [Fact]
    public async Task Key_GivenTwice_CountsWithItsLastValue()
    {
        await using var host = await GatewayHost.StartAsync();

        await PostAsync(host, "/prompt", $$"""{"prompt_id": "first", "prompt": {{Graph}}, "prompt_id": "last"}""");

        Assert.Equal("last", Assert.Single(host.Farm.Submitted).PromptId);
    }

    [Fact]
    public async Task Farm_OutOfReach_Is503WithRetryAfter()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Failure = new SiloUnavailableException();

        var answer = await host.Client.GetAsync("/prompt");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(GatewayHost host, string path, string body)
    {
        var answer = await host.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
