using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Farm.Gateway.Tests.Recorded;

/// <summary>
/// Answers that ComfyUI 0.19.3 gave (recorded-answers.json): models, metadata, folders, texts and templates of packs, subgraphs, the server's own folders. &lt;base&gt;
/// stands for its folder.
/// </summary>
public sealed class RecordedAnswerTests(RecordedFarm farm) : IClassFixture<RecordedFarm>
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public static TheoryData<string> Requests => [.. All().Select(recorded => $"{recorded["request"]} {recorded["body"]?.ToJsonString()}".TrimEnd())];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_OfTheRecording_IsAnsweredAsRecorded(string request)
    {
        var recorded = All().First(other => request == $"{other["request"]} {other["body"]?.ToJsonString()}".TrimEnd());
        var parts = request.Split(' ', 3);
        using var message = new HttpRequestMessage(new HttpMethod(parts[0]), new Uri($"http://{farm.Address.Authority}{parts[1]}", AsWritten));
        if (parts.Length > 2)
            message.Content = new StringContent(parts[2], Encoding.UTF8, "application/json");

        using var answer = await farm.Client.SendAsync(message);
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal((recorded["status"]!.GetValue<int>(), recorded["type"]?.GetValue<string>()), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        if (recorded["text"] is { } text)
            Assert.Equal(text.GetValue<string>(), body);
        else
            AssertSame(recorded["json"], JsonNode.Parse(body.Replace(farm.Root, "<base>", StringComparison.Ordinal)));
    }

    // The recording has members in order of their names.
    private static void AssertSame(JsonNode? expected, JsonNode? given) =>
        Assert.True(JsonNode.DeepEquals(expected, given), $"Expected {expected?.ToJsonString()}\nbut was  {given?.ToJsonString()}");

    private static JsonObject[] All()
    {
        using var stream = typeof(RecordedAnswerTests).Assembly.GetManifestResourceStream("recorded-answers.json")!;
        return JsonSerializer.Deserialize<JsonObject[]>(stream)!;
    }
}
