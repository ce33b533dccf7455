using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Farm.Deploy.Tests.Charts;

/// <summary>The functions that the chart may use, as helm has them; any other is an error.</summary>
internal sealed class TemplateFunctions(Func<string, object?, string> include)
{
    private static readonly ISerializer Yaml = new SerializerBuilder().WithQuotingNecessaryStrings().WithIndentedSequences().Build();

    /// <summary>Calls a function; a piped value is its last argument.</summary>
    public object? Call(string name, object?[] arguments, Scope scope) => (name, arguments) switch
    {
        ("include", [string template, var dot]) => include(template, dot),
        ("default", [var fallback, var value]) => IsTrue(value) ? value : fallback,
        ("default", [var fallback]) => fallback,
        ("required", [string message, var value]) => IsTrue(value) ? value : throw new FormatException(message),
        ("quote", [var value]) => "\"" + Text(value).Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
        ("toYaml", [var value]) => Yaml.Serialize(value!).TrimEnd('\n'),
        ("nindent", [long columns, var text]) => "\n" + Indent(Text(text), (int)columns),
        ("printf", [string format, .. var values]) => Printf(format, values),
        ("eq", [var left, var right]) => Equals(left, right),
        ("not", [var value]) => !IsTrue(value),
        ("and", _) => Array.Find(arguments, a => !IsTrue(a)) ?? arguments[^1],
        ("or", _) => Array.Find(arguments, IsTrue) ?? arguments[^1],
        _ => throw new FormatException($"function {name} with {arguments.Length} arguments is not one of the plain constructs (dot: {scope.Dot?.GetType().Name})"),
    };

    /// <summary>Whether helm takes a value for true: not null, false, zero, or empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        ICollection items => items.Count > 0,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    /// <summary>A value as it is printed.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text,
        _ => throw new FormatException($"a {value.GetType().Name} is printed without toYaml"),
    };

    private static string Printf(string format, object?[] values)
    {
        var next = 0;
        return Regex.Replace(format, "%[sdv]", _ => Text(values[next++]), RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static string Indent(string text, int columns)
    {
        var margin = new string(' ', columns);
        return string.Join('\n', text.Split('\n').Select(line => margin + line));
    }
}
