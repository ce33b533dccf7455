using System.Collections.Immutable;
using System.Globalization;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>
/// How the store keeps what a prompt needs, in the one text that the scheduler reads of each prompt when it starts: the requirement,
/// then, where there is more to say, a form feed and <c>priority deadline bytes shape</c>.
/// </summary>
internal static class NeedsText
{
    private const char Mark = '\f';

    /// <summary>The text.</summary>
    public static string Write(ImmutableArray<string> classes, PromptNeeds needs)
    {
        var requirement = Requirement.TextOf(classes, needs);
        return needs is { Priority: PriorityClass.Normal, Deadline: null, FileBytes: 0, Shape: "" }
            ? requirement
            : string.Create(CultureInfo.InvariantCulture, $"{requirement}{Mark}{(int)needs.Priority} {needs.Deadline?.ToUnixTimeMilliseconds() ?? 0} {needs.FileBytes} {needs.Shape}");
    }

    /// <summary>The classes and needs of a text.</summary>
    public static (ImmutableArray<string> Classes, PromptNeeds Needs) Read(string text)
    {
        var requirement = new Requirement(RequirementOf(text));
        return (requirement.Classes, Rank(text) with { Files = requirement.Files, Labels = requirement.Labels, Pool = requirement.Pool });
    }

    /// <summary>The requirement's own text.</summary>
    public static string RequirementOf(string text) => text.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var end ? text[..end] : text;

    /// <summary>What stands behind the requirement.</summary>
    public static PromptNeeds Rank(string text)
    {
        if (text.IndexOf(Mark, StringComparison.Ordinal) is not (>= 0 and var start)) return PromptNeeds.None;
        var parts = text[(start + 1)..].Split(' ', 4);
        var deadline = long.Parse(parts[1], CultureInfo.InvariantCulture);
        return new PromptNeeds
        {
            Priority = (PriorityClass)int.Parse(parts[0], CultureInfo.InvariantCulture),
            Deadline = deadline == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(deadline),
            FileBytes = long.Parse(parts[2], CultureInfo.InvariantCulture),
            Shape = parts[3],
        };
    }
}
