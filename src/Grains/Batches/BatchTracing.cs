using System.Diagnostics;

namespace Farm.Grains.Batches;

/// <summary>
/// The trace of each prompt of a batch begins here, source <c>Farm.Batches</c>, and is linked to the batch's submission: as one trace, thousands of
/// prompts could not be read.
/// </summary>
internal static class BatchTracing
{
    private static readonly ActivitySource Source = new("Farm.Batches");

    /// <summary>Begins the span in which a prompt is submitted; null where nobody listens.</summary>
    public static Activity? Start(BatchState batch, BatchItemState item)
    {
        if (!Source.HasListeners()) return null;
        ActivityLink[] links = ActivityContext.TryParse(batch.Definition.Template.TraceParent, null, isRemote: true, out var submission) ? [new ActivityLink(submission)] : [];
        // The call that woke the batch is no part of the prompt.
        Activity.Current = null;
        return Source.StartActivity("submit", ActivityKind.Producer, parentContext: default, links: links)?
            .SetTag("farm.run_id", item.RunId)
            .SetTag("farm.tenant", batch.Tenant)
            .SetTag("farm.batch_id", batch.Id)
            .SetTag("farm.batch_index", item.Index);
    }
}
