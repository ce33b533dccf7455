using System.Collections;
using System.Numerics;
using System.Text;
using Farm.Contracts.Text;

namespace Farm.Nodes;

/// <summary>Runtime values as Python prints them: what <see cref="PythonText"/> does for JSON, for the values that nodes see.</summary>
public static class PythonValue
{
    /// <summary>What <c>str(value)</c> gives.</summary>
    public static string Str(object? value) => value as string ?? Repr(value);

    /// <summary>What <c>repr(value)</c> gives; objects that Python does not know give their own text.</summary>
    public static string Repr(object? value) => Write(new StringBuilder(), value, json: false).ToString();

    /// <summary>What <c>json.dumps(value)</c> gives, NaN and infinities included as Python writes them.</summary>
    /// <exception cref="NodeFailedException">TypeError for an object that JSON does not know.</exception>
    public static string Dumps(object? value) => Write(new StringBuilder(), value, json: true).ToString();

    /// <summary>The name of a value's type: <c>int</c>, <c>str</c>, <c>NoneType</c>, …; the class's own name beyond Python's.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        IDictionary or IReadOnlyDictionary<string, object?> => "dict",
        NodeLink or IReadOnlyList<object?> => "list",
        _ => TypeName(value.GetType()),
    };

    internal static string TypeName(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt64 => "int",
        TypeCode.Double or TypeCode.Single => "float",
        TypeCode.String => "str",
        _ => type == typeof(BigInteger) ? "int" : type.Name,
    };

    /// <summary>What <c>bool(value)</c> gives for the values that prompts carry; other objects are true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        string text => text.Length > 0,
        double number => number is not 0,
        float number => number is not 0,
        int number => number is not 0,
        long number => number is not 0,
        ulong number => number is not 0,
        BigInteger number => !number.IsZero,
        IReadOnlyDictionary<string, object?> dictionary => dictionary.Count > 0,
        ICollection collection => collection.Count > 0,
        IReadOnlyCollection<object?> collection => collection.Count > 0,
        _ => true,
    };

    /// <summary>An integer as nodes see it: a <see cref="long"/> where it fits, else a <see cref="BigInteger"/>.</summary>
    public static object Integer(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (long)value : value;

    private static StringBuilder Write(StringBuilder text, object? value, bool json) => value switch
    {
        null => text.Append(json ? "null" : "None"),
        bool truth => text.Append(json ? (truth ? "true" : "false") : (truth ? "True" : "False")),
        string words => text.Append(json ? PythonText.Dumps(words) : PythonText.Repr(words)),
        double number => text.Append(json ? JsonFloat(number) : PythonText.Float(number)),
        float number => Write(text, (double)number, json),
        int or long or ulong or BigInteger => text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{value}"),
        NodeLink link => Write(text, new object?[] { link.NodeId, (long)link.Slot }, json),
        IReadOnlyDictionary<string, object?> dictionary => WriteDictionary(text, dictionary, json),
        IReadOnlyList<object?> list => WriteList(text, list, json),
        _ when json => throw NodeFailedException.TypeError($"Object of type {TypeName(value)} is not JSON serializable"),
        _ => text.Append(value),
    };

    private static StringBuilder WriteList(StringBuilder text, IReadOnlyList<object?> list, bool json)
    {
        text.Append('[');
        for (var i = 0; i < list.Count; i++)
            Write(i > 0 ? text.Append(", ") : text, list[i], json);
        return text.Append(']');
    }

    private static StringBuilder WriteDictionary(StringBuilder text, IReadOnlyDictionary<string, object?> dictionary, bool json)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in dictionary)
        {
            if (!first)
                text.Append(", ");
            first = false;
            Write(text, key, json).Append(": ");
            Write(text, value, json);
        }
        return text.Append('}');
    }

    private static string JsonFloat(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.Float(value);
}
