using System.Diagnostics;

namespace Farm.Grains.Prompts;

/// <summary>The commits of a prompt as parts of its trace, source <c>Farm.Prompts</c>; nothing for a prompt whose trace is not known.</summary>
internal static class PromptTracing
{
    private static readonly ActivitySource Source = new("Farm.Prompts");

    /// <summary>Begins a span; null where nobody listens.</summary>
    public static Activity? Start(string name, PromptState state)
    {
        if (!Source.HasListeners() || !ActivityContext.TryParse(state.Submission.TraceParent, null, isRemote: true, out var parent)) return null;
        return Source.StartActivity(name, ActivityKind.Internal, parent)?
            .SetTag("farm.run_id", state.RunId)
            .SetTag("farm.prompt_id", state.Submission.PromptId)
            .SetTag("farm.tenant", state.Submission.Tenant)
            .SetTag("farm.attempt", state.Attempt);
    }
}
