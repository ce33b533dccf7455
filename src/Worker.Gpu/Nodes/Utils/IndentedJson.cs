using System.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Values as Python's <c>json.dumps(value, indent=…)</c> writes them: everything beyond ASCII escaped.</summary>
internal static class IndentedJson
{
    /// <summary>The text, or null for a value that JSON does not know.</summary>
    public static string? TryWrite(object? value, int indent = 4)
    {
        try
        {
            return Write(new StringBuilder(), value, indent, 0).ToString();
        }
        catch (NodeFailedException)
        {
            return null;
        }
    }

    private static StringBuilder Write(StringBuilder text, object? value, int indent, int depth) => value switch
    {
        IReadOnlyDictionary<string, object?> { Count: > 0 } members => Enclose(text, '{', '}', members, indent, depth, (member, inner) =>
            Write(text.Append(PythonValue.Dumps(member.Key)).Append(": "), member.Value, indent, inner)),
        IReadOnlyList<object?> { Count: > 0 } elements => Enclose(text, '[', ']', elements, indent, depth, (element, inner) =>
            Write(text, element, indent, inner)),
        _ => text.Append(PythonValue.Dumps(value)),
    };

    private static StringBuilder Enclose<T>(
        StringBuilder text, char open, char close, IEnumerable<T> elements, int indent, int depth, Action<T, int> write)
    {
        text.Append(open);
        var separator = "";
        foreach (var element in elements)
        {
            text.Append(separator).Append('\n').Append(' ', indent * (depth + 1));
            write(element, depth + 1);
            separator = ",";
        }
        return text.Append('\n').Append(' ', indent * depth).Append(close);
    }
}
