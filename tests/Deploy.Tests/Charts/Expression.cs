using System.Globalization;
using System.Text.RegularExpressions;

namespace Farm.Deploy.Tests.Charts;

/// <summary>Evaluates a pipeline such as <c>default "x" .Values.a | quote</c>.</summary>
internal sealed partial class Expression(Scope scope, TemplateFunctions functions)
{
    private const string FileOf = ".Files.Get";

    private Queue<string> _tokens = new();

    /// <summary>The value of the pipeline.</summary>
    public object? Evaluate(string text)
    {
        _tokens = new Queue<string>(Tokens().Matches(text).Select(m => m.Value));
        var value = Pipeline();
        return _tokens.Count == 0 ? value : throw new FormatException($"'{_tokens.Peek()}' is unexpected in '{text}'");
    }

    private object? Pipeline()
    {
        var value = Command([]);
        while (_tokens.TryPeek(out var next) && next == "|")
        {
            _tokens.Dequeue();
            value = Command([value]);
        }
        return value;
    }

    private object? Command(object?[] piped)
    {
        if (!_tokens.TryPeek(out var head)) throw new FormatException("an expression is empty");
        if (!char.IsLetter(head[0]) || head is "true" or "false")
        {
            if (piped.Length > 0) throw new FormatException($"'{head}' takes no piped value");
            return head.EndsWith(FileOf, StringComparison.Ordinal) ? ReadFile() : Operand();
        }
        _tokens.Dequeue();
        var arguments = new List<object?>();
        while (_tokens.TryPeek(out var next) && next is not ("|" or ")")) arguments.Add(Operand());
        return functions.Call(head, [.. arguments, .. piped], scope);
    }

    /// <summary><c>.Files.Get "name"</c>: the text of a file of the chart.</summary>
    private string ReadFile()
    {
        var folder = scope.Find(_tokens.Dequeue()[..^".Get".Length]) as string ?? throw new FormatException("the chart has no files here");
        return File.ReadAllText(Path.Combine(folder, TemplateFunctions.Text(Operand())));
    }

    private object? Operand()
    {
        var token = _tokens.Dequeue();
        if (token == "(")
        {
            var value = Pipeline();
            if (_tokens.Count == 0 || _tokens.Dequeue() != ")") throw new FormatException("a parenthesis is not closed");
            return value;
        }
        if (token[0] == '"') return Regex.Unescape(token[1..^1]);
        if (token is "true" or "false") return token == "true";
        if (char.IsAsciiDigit(token[0])) return long.Parse(token, CultureInfo.InvariantCulture);
        if (token[0] is '.' or '$') return scope.Find(token);
        return functions.Call(token, [], scope);
    }

    [GeneratedRegex(@"""(\\.|[^""\\])*""|[()|]|[^\s()|]+", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Tokens();
}
