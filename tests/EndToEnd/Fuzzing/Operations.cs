namespace Farm.EndToEnd.Fuzzing;

/// <summary>An operation of the gateway, as its list of operations names it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its parameters in braces, without <c>/api</c>.</param>
/// <param name="Prefixes">Where it stands: the bare path, <c>/api</c>, or both.</param>
/// <param name="Name">Its name.</param>
/// <param name="Query">Names of its query parameters.</param>
/// <param name="Body"><c>json</c>, <c>form</c>, <c>bytes</c> or nothing.</param>
internal sealed record Operation(string Method, string Path, IReadOnlyList<string> Prefixes, string Name, IReadOnlyList<string> Query, string Body)
{
    private const string Api = "/api";
    private static readonly string[] OnlyUnderApi = ["/jobs", "/assets", "/tags"];

    /// <summary>Every operation.</summary>
    public static IReadOnlyList<Operation> All { get; } = [.. File.ReadLines(System.IO.Path.Combine(AppContext.BaseDirectory, "operations.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    private static Operation Parse(string line)
    {
        var fields = line.Split('|', StringSplitOptions.TrimEntries);
        var (method, path) = fields[0].Split(' ') is [var first, var second] ? (first, second) : throw new InvalidDataException(line);
        var bare = path.StartsWith(Api + "/", StringComparison.Ordinal) ? path[Api.Length..] : path;
        string[] prefixes = path == bare && bare != "/ws" ? [""] : OnlyUnderApi.Any(only => bare.StartsWith(only, StringComparison.Ordinal)) ? [Api] : ["", Api];
        return new Operation(method, bare, prefixes, fields[1], fields[4].Split(' ', StringSplitOptions.RemoveEmptyEntries), fields[5]);
    }
}
