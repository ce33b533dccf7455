using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Prompts;

namespace Farm.Grains.Prompts;

/// <summary>The closing event of a prompt whose last worker went silent.</summary>
internal static class LostRun
{
    /// <summary>The error that clients see after the last attempt, with the history of all attempts as its traceback.</summary>
    public static ExecutionError Error(PromptState state, string? node, DateTimeOffset now) => new(
        new ExecutionFailure
        {
            NodeId = node ?? "",
            NodeType = ClassOf(state.Submission.Prompt, node),
            Executed = [],
            Message = $"The prompt was tried {state.Lost.Length} times, and its worker was lost each time.\n",
            Type = "WorkerLostError",
            Traceback = [.. state.Lost.Select(Line)],
            CurrentInputs = "{}",
            CurrentOutputs = [],
        },
        now.ToUnixTimeMilliseconds());

    /// <summary>The end of a prompt that was to be interrupted when its worker was lost.</summary>
    public static ExecutionInterrupted Interrupted(PromptState state, string? node, DateTimeOffset now) =>
        new(node ?? "", ClassOf(state.Submission.Prompt, node), [], now.ToUnixTimeMilliseconds());

    /// <summary>The closing events of a prompt that failed by its worker's fault, with the history of the attempts before as the traceback's last lines.</summary>
    public static ImmutableArray<RunEvent> WithHistory(ImmutableArray<RunEvent> closing, PromptState state) => state.Lost.IsEmpty
        ? closing
        : [.. closing.Select(e => e is ExecutionError { Failure: var failure } error
            ? error with { Failure = failure with { Traceback = [.. failure.Traceback, .. state.Lost.Select(Line)] } }
            : e)];

    private static string Line(LostAttempt lost) =>
        $"attempt {lost.Attempt} on {lost.WorkerId ?? "a worker that did not begin"}, {lost.At:O}: {lost.Reason}\n";

    private static string ClassOf(string prompt, string? node)
    {
        if (node is null) return "";
        using var graph = JsonDocument.Parse(prompt, new JsonDocumentOptions { MaxDepth = 1000 });
        return graph.RootElement.TryGetProperty(node, out var entry) && entry.TryGetProperty("class_type", out var type)
            ? type.ToString()
            : "";
    }
}
