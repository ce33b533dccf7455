using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Jobs;
using Farm.Gateway.Http;

namespace Farm.Gateway.Jobs;

/// <summary>What a client asks of the list of jobs (execution semantics, 19.5).</summary>
internal static class JobQueryReader
{
    private const NumberStyles Integer = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    private static readonly (JobStatus Status, string Name)[] Statuses =
    [
        (JobStatus.Pending, "pending"), (JobStatus.InProgress, "in_progress"), (JobStatus.Completed, "completed"),
        (JobStatus.Failed, "failed"), (JobStatus.Cancelled, "cancelled"),
    ];

    /// <summary>The name of a status in ComfyUI's JSON.</summary>
    public static string NameOf(JobStatus status) => Statuses.First(s => s.Status == status).Name;

    /// <summary>Reads a query; false with ComfyUI's words for what is wrong.</summary>
    public static bool TryRead(IQueryCollection given, [NotNullWhen(true)] out JobQuery? query, [NotNullWhen(false)] out string? problem)
    {
        query = null;
        var names = (First(given, "status") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var sortBy = First(given, "sort_by")?.ToLowerInvariant() ?? "created_at";
        var sortOrder = First(given, "sort_order")?.ToLowerInvariant() ?? "desc";
        var (limit, offset) = (Number(given, "limit"), Number(given, "offset"));
        problem = StatusProblem(names)
            ?? (sortBy is not ("created_at" or "execution_duration") ? "sort_by must be 'created_at' or 'execution_duration'" : null)
            ?? (sortOrder is not ("asc" or "desc") ? "sort_order must be 'asc' or 'desc'" : null)
            ?? (limit is { IsInteger: false } ? "limit must be an integer" : null)
            ?? (limit is { Value: <= 0 } ? "limit must be a positive integer" : null)
            ?? (offset is { IsInteger: false } ? "offset must be an integer" : null)
            ?? (First(given, "workflow_id")?.Contains('\0') == true ? "workflow_id must not hold a NUL character" : null);
        if (problem is not null)
            return false;
        query = new JobQuery
        {
            Statuses = [.. Statuses.Where(s => names.Contains(s.Name, StringComparer.OrdinalIgnoreCase)).Select(s => s.Status)],
            WorkflowId = First(given, "workflow_id") is { Length: > 0 } workflow ? workflow : null,
            ByDuration = sortBy == "execution_duration",
            Ascending = sortOrder == "asc",
            Limit = limit?.Value,
            Offset = Math.Max(0, offset?.Value ?? 0),
        };
        return true;
    }

    /// <summary>The ids of a body <c>{"job_ids": […]}</c>.</summary>
    public static ImmutableArray<string> ReadIds(JsonElement body, int most)
    {
        if (body.Member("job_ids") is not { ValueKind: JsonValueKind.Array } given || given.EnumerateArray().Any(id => id.ValueKind is not JsonValueKind.String))
            throw RequestRefusedException.Field("job_ids", "must be a list of job ids");
        if (given.GetArrayLength() > most)
            throw RequestRefusedException.Field("job_ids", $"must not hold more than {most} ids");
        return [.. given.EnumerateArray().Select(id => id.GetString()!).Distinct(StringComparer.Ordinal)];
    }

    private static string? StatusProblem(string[] names)
    {
        var unknown = names.Where(name => !Statuses.Any(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).ToArray();
        return unknown.Length == 0
            ? null
            : $"Invalid status value(s): {string.Join(", ", unknown)}. Valid values: {string.Join(", ", Statuses.Select(s => s.Name))}";
    }

    // A number beyond 32 bits means as much as the largest one.
    private static (bool IsInteger, int Value)? Number(IQueryCollection given, string name) => First(given, name) switch
    {
        null => null,
        var text when System.Numerics.BigInteger.TryParse(text, Integer, CultureInfo.InvariantCulture, out var number) =>
            (true, (int)System.Numerics.BigInteger.Max(int.MinValue, System.Numerics.BigInteger.Min(int.MaxValue, number))),
        _ => (false, 0),
    };

    private static string? First(IQueryCollection given, string name) => given.TryGetValue(name, out var values) ? values[0] ?? "" : null;
}
