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

/// <summary>Who owns what inside a value.</summary>
public static class ValueParts
{
    /// <summary>
    /// The disposable objects that a value is made of: itself, the parts of an <see cref="IValueParts"/>, the elements of lists and
    /// dictionaries. An object that appears twice is given twice. A disposable <see cref="IValueParts"/> comes with its parts.
    /// </summary>
    public static IEnumerable<IDisposable> Disposables(object? value)
    {
        if (value is null or string or ValueType)
            yield break;
        if (value is IDisposable disposable)
            yield return disposable;
        foreach (var part in Parts(value))
        {
            foreach (var inner in Disposables(part))
                yield return inner;
        }
    }

    private static IEnumerable<object?> Parts(object value) => value switch
    {
        IValueParts composite => composite.Parts,
        IDisposable => [],
        IDictionary dictionary => dictionary.Values.Cast<object?>(),
        IReadOnlyDictionary<string, object?> dictionary => dictionary.Values,
        IReadOnlyList<object?> list => list,
        IList list => list.Cast<object?>(),
        _ => [],
    };
}
