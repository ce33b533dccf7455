using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.OpenApi;

/// <summary>The generated description, held against the facts of ComfyUI's own (facts.txt) and against what the server really answers.</summary>
public partial class OpenApiTests
{
    [Fact]
    public async Task Document_HasEveryOperationWithItsStatusesAndRequiredFields()
    {
        await using var host = await GatewayHost.StartAsync();
        var document = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject(), (path, operation) => (Key: $"{operation.Name.ToUpperInvariant()} {Parameter().Replace(path.Name, "{}")}", operation.Value))
            .ToDictionary(entry => entry.Key, entry => entry.Value);

        var problems = Facts().SelectMany(fact => Problems(fact, operations)).ToList();

        Assert.Empty(problems);
        Assert.Equal(operations.Count, operations.Values.Select(o => o.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Answers_HaveTheFieldsThatTheDocumentPromises()
    {
        await using var host = await GatewayHost.StartAsync();
        foreach (var fact in Facts().Where(f => f.Method == "GET" && !f.Path.Contains('{') && f.Fields.Length > 0 && !f.Path.StartsWith("/api/assets", StringComparison.Ordinal) && f.Path != "/api/tags"))
        {
            var answer = await host.Client.GetFromJsonAsync<JsonElement>(fact.Path);

            Assert.All(fact.Fields, field => Assert.True(answer.TryGetProperty(field, out _), $"{fact.Path} has no {field}"));
        }
    }

    [Fact]
    public async Task Page_ToReadIt_IsServed()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal("text/html", (await host.Client.GetAsync("/scalar/")).Content.Headers.ContentType?.MediaType);
    }

    private static IEnumerable<string> Problems(Fact fact, Dictionary<string, JsonElement> operations)
    {
        if (!operations.TryGetValue($"{fact.Method} {fact.Path}", out var operation))
        {
            yield return $"{fact.Method} {fact.Path} is missing";
            yield break;
        }
        var answers = operation.GetProperty("responses");
        foreach (var status in fact.Statuses.Where(status => !answers.TryGetProperty(status, out _)))
            yield return $"{fact.Method} {fact.Path} has no {status}";
        if (fact.Fields.Length == 0)
            yield break;
        var required = answers.GetProperty(fact.Statuses[0]).GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("required")
            .EnumerateArray().Select(field => field.GetString()).ToHashSet();
        foreach (var field in fact.Fields.Where(field => !required.Contains(field)))
            yield return $"{fact.Method} {fact.Path} does not require {field}";
    }

    private static Fact[] Facts()
    {
        using var reader = new StreamReader(typeof(OpenApiTests).Assembly.GetManifestResourceStream("facts.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(Read)];
    }

    private static Fact Read(string line)
    {
        var parts = line.Split(' ');
        return new Fact(parts[0], parts[1], parts[2].Split(','), parts[3] == "-" ? [] : parts[3].Split(','));
    }

    [GeneratedRegex("{[^}]*}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    private sealed record Fact(string Method, string Path, string[] Statuses, string[] Fields);
}
