using System.Text.Json;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Holds an answer against what the list of operations promises: the OpenAPI document is made of it.</summary>
internal static class AnswerJudge
{
    /// <summary>What any operation may answer: to whom, how much (of a body, an address, headers), how often, and where the farm is away.</summary>
    private static readonly int[] Common = [401, 403, 413, 414, 429, 431, 503];

    /// <summary>What a request for a part, or for a file that the client has, may be answered with.</summary>
    private static readonly int[] OfFiles = [206, 304, 412, 416];

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>What is wrong with an answer; null for nothing.</summary>
    /// <param name="operation">The operation that was asked.</param>
    /// <param name="status">The status.</param>
    /// <param name="body">The body; null where it is not looked at.</param>
    public static string? Problem(Operation operation, int status, string? body)
    {
        if (operation.Answers.TryGetValue(status, out var promised))
            return body is null || status is < 200 or > 299 || ProblemOf(promised, body) is not { } problem ? null : $"{operation.Name} answers {status}, and {problem}";
        return Common.Contains(status) || (operation.SendsFiles && OfFiles.Contains(status)) ? null : $"{operation.Name} does not list {status}";
    }

    private static string? ProblemOf(PromisedAnswer promised, string body)
    {
        if (promised.Kind is "file" or "empty" or "text")
            return null;
        try
        {
            using var json = JsonDocument.Parse(body, Deep);
            return promised.Kind switch
            {
                "object" when json.RootElement.ValueKind is not JsonValueKind.Object => "it is no object",
                "array" when json.RootElement.ValueKind is not JsonValueKind.Array => "it is no array",
                "string" when json.RootElement.ValueKind is not JsonValueKind.String => "it is no string",
                "object" => promised.Fields.FirstOrDefault(field => !json.RootElement.TryGetProperty(field, out _)) is { } missing ? $"it has no {missing}" : null,
                _ => null,
            };
        }
        catch (JsonException)
        {
            return "it is no JSON";
        }
    }
}
