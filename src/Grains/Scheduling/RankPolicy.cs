using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>
/// The order inside a tenant. A prompt stands in one of four classes: urgent (its deadline nears), high, normal, low. Inside a class the
/// number decides, as in ComfyUI; among urgent ones the deadline. Between the first prompts of two classes the one that was submitted
/// earlier comes first, where each class above another is worth <see cref="SchedulingOptions.AgingTime"/> of waiting: what has waited
/// long enough comes before what is new, whatever its class. So the order of two prompts never changes with time, and sorted sets hold it.
/// </summary>
internal sealed class RankPolicy(IOptions<SchedulingOptions> options)
{
    /// <summary>How many classes there are.</summary>
    public const int Classes = 4;

    private const int NormalClass = 2;

    private readonly long _aging = (long)options.Value.AgingTime.TotalMilliseconds;

    /// <summary>The class of a prompt, 0 for urgent.</summary>
    public static int ClassOf(QueuedItem item) => item.IsUrgent ? 0 : NormalClass - (int)item.Priority;

    /// <summary>The order inside a class.</summary>
    public static IComparer<QueuedItem> OrderOf(int rankClass) => rankClass == 0 ? DeadlineComparer.Instance : RankComparer.Instance;

    /// <summary>Of the first prompts of two classes the one with the smaller key comes first.</summary>
    public long KeyOf(QueuedItem first, int rankClass) => first.CreatedAt - ((NormalClass - rankClass) * _aging);

    /// <summary>From when on a prompt is urgent, in milliseconds since 1970; null without a deadline.</summary>
    public long? UrgentAt(QueuedItem item) =>
        item.Deadline is { } deadline ? deadline - (long)(options.Value.DeadlineLead + item.Shape.Expected).TotalMilliseconds : null;

    private sealed class DeadlineComparer : IComparer<QueuedItem>
    {
        public static readonly DeadlineComparer Instance = new();

        public int Compare(QueuedItem? x, QueuedItem? y)
        {
            var byDeadline = Nullable.Compare(x?.Deadline, y?.Deadline);
            return byDeadline != 0 ? byDeadline : RankComparer.Instance.Compare(x, y);
        }
    }
}

/// <summary>Rank inside a class: the number, then the prompt's id as text (ComfyUI 0.19.3, recorded), then the run's id.</summary>
internal sealed class RankComparer : IComparer<QueuedItem>
{
    /// <summary>The only one needed.</summary>
    public static readonly RankComparer Instance = new();

    /// <inheritdoc/>
    public int Compare(QueuedItem? x, QueuedItem? y)
    {
        if (ReferenceEquals(x, y)) return 0;
        if (x is null) return -1;
        if (y is null) return 1;
        var byNumber = x.Number.CompareTo(y.Number);
        if (byNumber != 0) return byNumber;
        var byId = string.CompareOrdinal(x.PromptId, y.PromptId);
        return byId != 0 ? byId : x.RunId.CompareTo(y.RunId);
    }
}
