using System.Collections.Immutable;

namespace Farm.Grains.Scheduling;

/// <summary>A set of node classes that a prompt needs; prompts of one workflow share one.</summary>
internal sealed class Requirement(string text)
{
    private const char Separator = '\n';

    /// <summary>The classes in order, joined: equal sets have equal texts. This is how the store keeps them.</summary>
    public string Text { get; } = text;

    /// <summary>The classes.</summary>
    public ImmutableArray<string> Classes { get; } = Split(text);

    /// <summary>Queue items that share it.</summary>
    public int Uses { get; set; }

    /// <summary>The text of a set.</summary>
    public static string TextOf(ImmutableArray<string> classes) =>
        string.Join(Separator, classes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>The set of a text.</summary>
    public static ImmutableArray<string> Split(string text) => text.Length == 0 ? [] : [.. text.Split(Separator)];
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

/// <summary>The classes that workers of one manifest have, and which requirements that covers.</summary>
internal sealed class WorkerClasses(IEnumerable<string> classes)
{
    private const int MaxAnswers = 10_000;

    private readonly HashSet<string> _classes = new(classes, StringComparer.Ordinal);
    private readonly Dictionary<Requirement, bool> _answers = [];

    /// <summary>True for a manifest that the catalogue does not know.</summary>
    public bool IsEmpty => _classes.Count == 0;

    /// <summary>Whether such a worker has every class of the requirement.</summary>
    public bool Has(Requirement requirement)
    {
        if (_answers.TryGetValue(requirement, out var known)) return known;
        if (_answers.Count >= MaxAnswers) _answers.Clear();
        return _answers[requirement] = requirement.Classes.All(_classes.Contains);
    }
}
