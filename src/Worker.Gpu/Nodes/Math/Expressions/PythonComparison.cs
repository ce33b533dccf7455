using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>Python's comparisons: numbers of all kinds exactly, texts by code point, lists element by element.</summary>
internal static class PythonComparison
{
    /// <summary>Whether <c>left name right</c>.</summary>
    public static bool Holds(string name, object? left, object? right) => name switch
    {
        "==" => AreEqual(left, right),
        "!=" => !AreEqual(left, right),
        "is" => IsSame(left, right),
        "is not" => !IsSame(left, right),
        "in" => Contains(right, left),
        "not in" => !Contains(right, left),
        _ => Order(name, left, right) is { } order && name switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 },
    };

    private static bool AreEqual(object? left, object? right) => (PythonArithmetic.Number(left), PythonArithmetic.Number(right)) switch
    {
        (Complex x, { } y) => y is Complex z ? x == z : x.Imaginary == 0 && AreEqual(x.Real, y),
        ({ } x, Complex y) => AreEqual(y, x),
        ({ } x, { } y) => CompareNumbers(x, y) == 0,
        _ => left is object?[] a && right is object?[] b ? a.Length == b.Length && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)) : Equals(left, right),
    };

    private static bool IsSame(object? left, object? right) =>
        left is ValueType && right is ValueType ? left.GetType() == right.GetType() && left.Equals(right) : ReferenceEquals(left, right) || Equals(left as string, right) && left is string;

    private static bool Contains(object? container, object? value) => container switch
    {
        string text when value is string part => text.Contains(part, StringComparison.Ordinal),
        string => throw NodeFailedException.TypeError($"'in <string>' requires string as left operand, not {PythonArithmetic.TypeName(value)}"),
        object?[] list => list.Any(element => AreEqual(element, value)),
        _ => throw NodeFailedException.TypeError($"argument of type '{PythonArithmetic.TypeName(container)}' is not a container or iterable"),
    };

    // Null: no order, as with NaN.
    private static int? Order(string name, object? left, object? right)
    {
        if (PythonArithmetic.Number(left) is { } x and not Complex && PythonArithmetic.Number(right) is { } y and not Complex) return CompareNumbers(x, y);
        if (left is string a && right is string b) return ComparePoints(a, b);
        if (left is not object?[] first || right is not object?[] second)
            throw NodeFailedException.TypeError($"'{name}' not supported between instances of '{PythonArithmetic.TypeName(left)}' and '{PythonArithmetic.TypeName(right)}'");
        var differing = first.Zip(second).FirstOrDefault(pair => !AreEqual(pair.First, pair.Second), (null, null));
        return differing is (null, null) ? first.Length.CompareTo(second.Length) : Order(name, differing.First, differing.Second);
    }

    private static int? CompareNumbers(object left, object right) => (left, right) switch
    {
        (BigInteger x, BigInteger y) => x.CompareTo(y),
        (double x, double y) => double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y),
        (BigInteger x, double y) => CompareMixed(x, y),
        (double x, BigInteger y) => -CompareMixed(y, x),
        _ => null,
    };

    private static int? CompareMixed(BigInteger x, double y)
    {
        if (double.IsNaN(y)) return null;
        if (double.IsInfinity(y)) return y > 0 ? -1 : 1;
        var order = x.CompareTo(new BigInteger(Math.Floor(y)));
        return order == 0 && y != Math.Floor(y) ? -1 : order;
    }

    private static int ComparePoints(string a, string b)
    {
        var (x, y) = (a.EnumerateRunes(), b.EnumerateRunes());
        while (true)
        {
            var (more, other) = (x.MoveNext(), y.MoveNext());
            if (!more || !other) return more.CompareTo(other);
            if (x.Current != y.Current) return x.Current.CompareTo(y.Current);
        }
    }
}
