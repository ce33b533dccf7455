using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Rows of numbered inputs.</summary>
internal static class Rows
{
    /// <summary>The values of a row of numbered inputs, in order.</summary>
    /// <exception cref="NodeFailedException">There are none, or one is of another kind.</exception>
    public static IReadOnlyList<T> Of<T>(NodeCall call, string name)
    {
        var row = call.Get<IReadOnlyDictionary<string, object?>>(name);
        if (row.Count == 0) throw NodeFailedException.ValueError($"{name}: at least one is needed");
        return [.. row.Select(input => input.Value is T value
            ? value
            : throw NodeFailedException.TypeError($"{name}.{input.Key}: {PythonValue.TypeName(input.Value)} is of another kind"))];
    }
}
