using System.Diagnostics;
using Farm.Contracts.Prompts;

namespace Farm.Worker;

/// <summary>The worker's part of a prompt's trace, source <c>Farm.Worker</c>: an attempt, with its nodes in it.</summary>
internal static class RunTracing
{
    private static readonly ActivitySource Source = new("Farm.Worker");

    /// <summary>Begins the span of an attempt; null where nobody listens. Without the submission's trace it begins one.</summary>
    public static Activity? Start(PromptJob job, string worker)
    {
        if (!Source.HasListeners())
            return null;
        var parent = ActivityContext.TryParse(job.Submission.TraceParent, null, isRemote: true, out var given) ? given : default;
        // The loop's own context, should it have one, is no part of the prompt.
        Activity.Current = null;
        return Source.StartActivity("run", ActivityKind.Consumer, parent)?
            .SetTag("farm.run_id", job.RunId)
            .SetTag("farm.prompt_id", job.Submission.PromptId)
            .SetTag("farm.tenant", job.Submission.Tenant)
            .SetTag("farm.attempt", job.Attempt)
            .SetTag("farm.worker", worker);
    }
}
