using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>Texts and lists by position, as Python counts: negative from the end, texts in code points.</summary>
internal static class PythonSequence
{
    /// <summary>The elements of a text or a list.</summary>
    /// <exception cref="NodeFailedException">TypeError for anything else.</exception>
    public static object?[] Elements(object? value) => value switch
    {
        object?[] list => list,
        string text => [.. text.EnumerateRunes().Select(rune => rune.ToString())],
        _ => throw NodeFailedException.TypeError($"'{PythonArithmetic.TypeName(value)}' object is not iterable"),
    };

    /// <summary><c>value[index]</c>.</summary>
    public static object? At(object? value, object? index)
    {
        if (value is not (string or object?[])) throw NodeFailedException.TypeError($"'{PythonArithmetic.TypeName(value)}' object is not subscriptable");
        var elements = Elements(value);
        if (PythonArithmetic.Number(index) is not BigInteger at)
            throw NodeFailedException.TypeError($"{PythonArithmetic.TypeName(value)} indices must be integers, not '{PythonArithmetic.TypeName(index)}'");
        if (at.Sign < 0) at += elements.Length;
        return at >= 0 && at < elements.Length ? elements[(int)at] : throw NodeFailedException.IndexError($"{PythonArithmetic.TypeName(value)} index out of range");
    }

    /// <summary><c>value[start:end:step]</c>; null bounds are left out.</summary>
    public static object? Slice(object? value, object? start, object? end, object? step)
    {
        if (value is not (string or object?[])) throw NodeFailedException.TypeError($"'{PythonArithmetic.TypeName(value)}' object is not subscriptable");
        var elements = Elements(value);
        var by = (int)BigInteger.Clamp(Bound(step) ?? 1, -elements.Length - 1, elements.Length + 1);
        if (by == 0) throw NodeFailedException.ValueError("slice step cannot be zero");
        var (low, high) = by > 0 ? (0, elements.Length) : (-1, elements.Length - 1);
        var from = Place(Bound(start), by > 0 ? low : high, elements.Length, low, high);
        var to = Place(Bound(end), by > 0 ? high : low, elements.Length, low, high);
        List<object?> taken = [];
        for (var i = from; by > 0 ? i < to : i > to; i += by) taken.Add(elements[i]);
        return value is string ? string.Concat(taken) : taken.ToArray();
    }

    /// <summary><c>value * count</c>; null when it is longer than <paramref name="limit"/>.</summary>
    public static object? Repeat(object? value, BigInteger count, int limit)
    {
        var times = (int)BigInteger.Clamp(count, 0, limit + 1);
        if (value is string text) return (long)text.Length * times > limit ? null : string.Concat(Enumerable.Repeat(text, times));
        var list = (object?[])value!;
        return (long)list.Length * times > limit ? null : Enumerable.Repeat(list, times).SelectMany(elements => elements).ToArray();
    }

    private static BigInteger? Bound(object? value) => value is null
        ? null
        : PythonArithmetic.Number(value) as BigInteger? ?? throw NodeFailedException.TypeError("slice indices must be integers or None or have an __index__ method");

    private static int Place(BigInteger? bound, int missing, int length, int low, int high) =>
        bound is not { } at ? missing : (int)BigInteger.Clamp(at.Sign < 0 ? at + length : at, low, high);
}
