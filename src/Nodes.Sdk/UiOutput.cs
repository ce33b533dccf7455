namespace Farm.Nodes;

/// <summary>
/// What clients are shown of a run: named lists in order, such as <c>images</c>, <c>text</c>. Elements are JSON values: null, booleans,
/// numbers, texts, lists, and dictionaries with text keys.
/// </summary>
public sealed class UiOutput
{
    private readonly OrderedDictionary<string, List<object?>> _lists = [];

    /// <summary>The lists by name, in order of their first mention.</summary>
    public IReadOnlyDictionary<string, List<object?>> Lists => _lists;

    /// <summary>Appends elements to a list; without elements the list is there and empty.</summary>
    public UiOutput Add(string name, params IEnumerable<object?> elements)
    {
        if (!_lists.TryGetValue(name, out var list))
            _lists.Add(name, list = []);
        list.AddRange(elements);
        return this;
    }

    /// <summary>Appends files under <c>images</c>, as frontends show them.</summary>
    public UiOutput AddImages(params IEnumerable<SavedFile> files) => Add("images", files.Select(f => f.ToUi()));

    /// <summary>Appends texts under <c>text</c>.</summary>
    public UiOutput AddText(params IEnumerable<string> texts) => Add("text", texts);
}
