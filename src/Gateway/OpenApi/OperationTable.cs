using System.Collections.Immutable;
using Farm.Contracts.Security;

namespace Farm.Gateway.OpenApi;

/// <summary>What an operation is beyond its route: names, query, body, answers.</summary>
/// <param name="Id">A name for generated clients.</param>
/// <param name="Tag">The group it stands in.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Query">Parameters of the query; all may be left out.</param>
/// <param name="Body"><c>json</c>, <c>form</c>, <c>bytes</c>, or empty.</param>
/// <param name="Answers">Answers by status.</param>
/// <param name="Scope">What a caller must be allowed.</param>
internal sealed record OperationFacts(
    string Id, string Tag, string Summary, ImmutableArray<string> Query, string Body, ImmutableArray<AnswerFacts> Answers, AccessScopes Scope);

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Kind"><c>object</c>, <c>array</c>, <c>string</c> or <c>any</c> as JSON; <c>text</c>, <c>file</c> or <c>empty</c>.</param>
/// <param name="Fields">Members that an object always has.</param>
internal sealed record AnswerFacts(string Status, string Kind, ImmutableArray<string> Fields);

/// <summary>The operations of the surface, from operations.txt: handlers write their answers by hand, so no type tells of them. What a caller must be allowed is enforced from here.</summary>
internal static class OperationTable
{
    private const string Resource = "operations.txt";

    /// <summary>Operations by <c>METHOD /path</c>.</summary>
    public static ImmutableDictionary<string, OperationFacts> All { get; } = Read();

    private static ImmutableDictionary<string, OperationFacts> Read()
    {
        using var reader = new StreamReader(typeof(OperationTable).Assembly.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToImmutableDictionary(parts => parts[0], Parse, StringComparer.Ordinal);
    }

    private static OperationFacts Parse(string[] parts) => new(
        parts[1], parts[2], parts[3], [.. Words(parts[4])], parts[5], [.. parts[6].Split(';', StringSplitOptions.TrimEntries).Select(ParseAnswer)],
        parts.Length > 7 ? Enum.Parse<AccessScopes>(parts[7], ignoreCase: true) : throw new InvalidDataException($"{Resource}: {parts[0]} names no scope: read, submit or operate."));

    private static AnswerFacts ParseAnswer(string text)
    {
        var (status, rest) = (text[..text.IndexOf('=')], Words(text[(text.IndexOf('=') + 1)..]));
        return new AnswerFacts(status, rest[0], [.. rest.Skip(1)]);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
