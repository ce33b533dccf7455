using System.Collections;

namespace Farm.Nodes;

/// <summary>
/// A value made of others, such as a conditioning that holds tensors. The worker disposes of what a value is made of, each disposable
/// object once, when nothing refers to it any more; objects may be shared between values.
/// </summary>
public interface IValueParts
{
    /// <summary>The values it is made of.</summary>
    IEnumerable<object?> Parts { get; }
}

/// <summary>What a value is made of, for those who own values.</summary>
public static class ValueParts
{
    private const int DeepestNesting = 100;

    /// <summary>
    /// The disposable objects that a value is made of: itself, the parts of an <see cref="IValueParts"/>, the elements of lists and
    /// dictionaries. An object that appears twice is given twice.
    /// </summary>
    public static IReadOnlyList<IDisposable> Disposables(object? value)
    {
        var found = new List<IDisposable>();
        Collect(value, found);
        return found;
    }

    /// <summary>Adds the disposable objects of a value to <paramref name="found"/>.</summary>
    /// <exception cref="NodeFailedException">RecursionError when values are nested too deeply.</exception>
    public static void Collect(object? value, List<IDisposable> found) => Collect(value, found, DeepestNesting);

    private static void Collect(object? value, List<IDisposable> found, int depthLeft)
    {
        if (value is null or string or ValueType)
            return;
        if (value is IDisposable disposable)
            found.Add(disposable);
        if (Parts(value) is not { } parts)
            return;
        if (depthLeft == 0)
            throw new NodeFailedException("RecursionError", $"A node's output is nested more than {DeepestNesting} levels deep.");
        foreach (var part in parts)
            Collect(part, found, depthLeft - 1);
    }

    private static IEnumerable? Parts(object value) => value switch
    {
        IValueParts composite => composite.Parts,
        IDisposable => null,
        IDictionary dictionary => dictionary.Values,
        IReadOnlyDictionary<string, object?> dictionary => dictionary.Values,
        IReadOnlyList<object?> list => list,
        _ => null,
    };
}
