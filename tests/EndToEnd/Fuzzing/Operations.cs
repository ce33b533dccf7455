using System.Globalization;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>An operation of the gateway, as its list of operations names it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its parameters in braces, without <c>/api</c>.</param>
/// <param name="Prefixes">Where it stands: the bare path, <c>/api</c>, or both.</param>
/// <param name="Name">Its name.</param>
/// <param name="Query">Names of its query parameters.</param>
/// <param name="Body"><c>json</c>, <c>form</c>, <c>bytes</c> or nothing.</param>
/// <param name="Answers">What it promises, by status.</param>
internal sealed record Operation(
    string Method, string Path, IReadOnlyList<string> Prefixes, string Name, IReadOnlyList<string> Query, string Body, IReadOnlyDictionary<int, PromisedAnswer> Answers)
{
    private const string Api = "/api";
    private static readonly string[] OnlyUnderApi = ["/jobs", "/assets", "/tags"];

    /// <summary>Whether it answers with a file.</summary>
    public bool SendsFiles => Answers.Values.Any(answer => answer.Kind == "file");

    /// <summary>Every operation.</summary>
    public static IReadOnlyList<Operation> All { get; } = [.. File.ReadLines(System.IO.Path.Combine(AppContext.BaseDirectory, "operations.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    private static Operation Parse(string line)
    {
        var fields = line.Split('|', StringSplitOptions.TrimEntries);
        var (method, path) = fields[0].Split(' ') is [var first, var second] ? (first, second) : throw new InvalidDataException(line);
        var bare = path.StartsWith(Api + "/", StringComparison.Ordinal) ? path[Api.Length..] : path;
        string[] prefixes = path == bare && bare != "/ws" ? [""] : OnlyUnderApi.Any(only => bare.StartsWith(only, StringComparison.Ordinal)) ? [Api] : ["", Api];
        return new Operation(
            method, bare, prefixes, fields[1], fields[4].Split(' ', StringSplitOptions.RemoveEmptyEntries), fields[5],
            fields[6].Split(';', StringSplitOptions.TrimEntries).Select(PromisedAnswer.Parse).ToDictionary(answer => answer.Status, answer => answer.Answer));
    }
}

/// <summary>An answer as the list of operations promises it.</summary>
/// <param name="Kind"><c>object</c>, <c>array</c>, <c>string</c> or <c>any</c> as JSON; <c>text</c>, <c>file</c> or <c>empty</c>.</param>
/// <param name="Fields">Members that an object always has.</param>
internal sealed record PromisedAnswer(string Kind, IReadOnlyList<string> Fields)
{
    /// <summary>Reads <c>status=kind fields…</c>.</summary>
    public static (int Status, PromisedAnswer Answer) Parse(string text)
    {
        var words = text.Split(' ');
        var (status, kind) = words[0].Split('=') is [var first, var second] ? (first, second) : throw new InvalidDataException(text);
        return (int.Parse(status, CultureInfo.InvariantCulture), new PromisedAnswer(kind, words[1..]));
    }
}
