using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>Whether nodes ran side by side, from the events: no clock.</summary>
internal static class Overlap
{
    /// <summary>Holds that there was a moment when all of the nodes were running.</summary>
    public static void AssertAllAtOnce(RulesRun run, params IEnumerable<string> nodes) =>
        Assert.Contains(run.Of("progress_state"), data => nodes.All(node =>
            data.GetProperty("nodes").TryGetProperty(node, out var progress) && progress.GetProperty("state").GetString() == "running"));
}
