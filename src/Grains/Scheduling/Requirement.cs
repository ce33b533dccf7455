using System.Collections.Immutable;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>What a worker must have for a prompt: node classes, files, labels, and its pool. Prompts of one workflow share one.</summary>
internal sealed class Requirement
{
    private const char Separator = '\n';
    private const string FileMark = "\tfile:", LabelMark = "\tlabel:", PoolMark = "\tpool:";

    /// <summary>The requirement of a text.</summary>
    public Requirement(string text)
    {
        Text = text;
        var lines = Split(text);
        Classes = lines.RemoveAll(line => line.StartsWith('\t'));
        Files = Marked(lines, FileMark);
        Models = [.. Files.Select(f => f[(f.LastIndexOf('/') + 1)..])];
        Labels = Marked(lines, LabelMark);
        Pool = Marked(lines, PoolMark) is [var pool] ? pool : "";
    }

    /// <summary>All of it, a line each, in order: equal requirements have equal texts. This is how the store keeps them.</summary>
    public string Text { get; }

    /// <summary>Node classes.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>Model files.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The files' names without folders, as workers name what is in memory.</summary>
    public ImmutableArray<string> Models { get; }

    /// <summary>Labels.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>The pool; empty for the workers that are in none.</summary>
    public string Pool { get; }

    /// <summary>Queue items that share it.</summary>
    public int Uses { get; set; }

    /// <summary>The text of a requirement. Names with control characters are not asked for: no line could hold them.</summary>
    public static string TextOf(ImmutableArray<string> classes, PromptNeeds needs) => string.Join(Separator, (IEnumerable<string>)
    [
        .. Sorted(classes), .. Sorted(needs.Files).Select(f => FileMark + f), .. Sorted(needs.Labels).Select(l => LabelMark + l),
        .. needs.Pool.Length > 0 ? [PoolMark + needs.Pool] : Array.Empty<string>(),
    ]);

    private static IEnumerable<string> Sorted(ImmutableArray<string> names) =>
        names.Where(n => n.Length > 0 && !n.Any(char.IsControl)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static ImmutableArray<string> Split(string text) => text.Length == 0 ? [] : [.. text.Split(Separator)];

    private static ImmutableArray<string> Marked(ImmutableArray<string> lines, string mark) =>
        [.. lines.Where(l => l.StartsWith(mark, StringComparison.Ordinal)).Select(l => l[mark.Length..])];
}

/// <summary>One object for each distinct requirement in the queue.</summary>
internal sealed class RequirementPool
{
    private readonly Dictionary<string, Requirement> _byText = new(StringComparer.Ordinal);

    /// <summary>The shared object of that text, one use more.</summary>
    public Requirement Take(string text)
    {
        if (!_byText.TryGetValue(text, out var requirement)) _byText.Add(text, requirement = new Requirement(text));
        requirement.Uses++;
        return requirement;
    }

    /// <summary>One use less.</summary>
    public void Return(Requirement requirement)
    {
        if (--requirement.Uses == 0) _byText.Remove(requirement.Text);
    }
}
