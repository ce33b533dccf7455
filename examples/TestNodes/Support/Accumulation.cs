namespace Farm.TestNodes.Support;

/// <summary>The value of type ACCUMULATION: an object whose <c>accum</c> is a list.</summary>
internal static class Accumulation
{
    private const string Key = "accum";

    /// <summary>A new accumulation.</summary>
    public static Dictionary<string, object?> Of(IEnumerable<object?> elements) => new() { [Key] = (object?[])[.. elements] };

    /// <summary>The elements of the input <paramref name="name"/>; none when it is not given.</summary>
    public static IReadOnlyList<object?> ElementsOf(NodeCall call, string name = "accumulation") => call.Value(name) switch
    {
        null => [],
        IReadOnlyDictionary<string, object?> value when value.TryGetValue(Key, out var list) && list is IReadOnlyList<object?> elements => elements,
        var other => throw NodeFailedException.TypeError($"input '{name}' must be an accumulation, not '{PythonValue.TypeName(other)}'"),
    };

    /// <summary>A position as Python counts: negative from the end.</summary>
    public static int Position(IReadOnlyList<object?> elements, long index) =>
        (index < 0 ? index + elements.Count : index) is var at && at >= 0 && at < elements.Count
            ? (int)at
            : throw NodeFailedException.IndexError("list index out of range");
}
