using System.Globalization;
using System.Numerics;
using System.Text;

namespace Farm.Worker.Nodes;

/// <summary>
/// JSON as Python's <c>json.loads</c> reads it: NaN and infinities are numbers, integers are exact, of members of one name the last counts.
/// Values are those of prompts.
/// </summary>
internal ref struct PythonJson
{
    private const int MaxDepth = 500;
    private const int MaxDigits = 4300; // Python's limit for integers in text.

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private PythonJson(string text) => _text = text;

    /// <summary>Reads a text; false when it is no JSON.</summary>
    public static bool TryParse(string text, out object? value)
    {
        try
        {
            var reader = new PythonJson(text);
            value = reader.Value();
            reader.SkipBlanks();
            return reader._at == text.Length;
        }
        catch (FormatException)
        {
            value = null;
            return false;
        }
    }

    private readonly char Current => _at < _text.Length ? _text[_at] : '\0';

    private object? Value()
    {
        SkipBlanks();
        return Current switch
        {
            '{' => Nested(static (ref PythonJson reader) => reader.Members()),
            '[' => Nested(static (ref PythonJson reader) => reader.Elements()),
            '"' => Text(),
            _ => TryWord(out var word) ? word : Number(),
        };
    }

    private delegate object Reading(ref PythonJson reader);

    private object Nested(Reading read)
    {
        if (++_depth > MaxDepth) throw new FormatException("nested too deeply");
        _at++;
        var value = read(ref this);
        _depth--;
        return value;
    }

    private OrderedDictionary<string, object?> Members()
    {
        OrderedDictionary<string, object?> members = [];
        if (Skip('}')) return members;
        do
        {
            SkipBlanks();
            var name = Text();
            Require(':');
            members[name] = Value();
        }
        while (Skip(','));
        Require('}');
        return members;
    }

    private object?[] Elements()
    {
        List<object?> elements = [];
        if (Skip(']')) return [];
        do elements.Add(Value());
        while (Skip(','));
        Require(']');
        return [.. elements];
    }

    private string Text()
    {
        if (Current != '"') throw new FormatException("a text is expected");
        var text = new StringBuilder();
        for (_at++; Current != '"'; _at++)
        {
            if (Current < ' ') throw new FormatException("a control character in a text, or no end");
            text.Append(Current == '\\' ? Escape() : Current);
        }
        _at++;
        return text.ToString();
    }

    private char Escape()
    {
        _at++;
        switch (Current)
        {
            case '"' or '\\' or '/': return Current;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 < _text.Length
                && ushort.TryParse(_text.Slice(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _at += 4;
                return (char)unit;
            default: throw new FormatException("an unknown escape");
        }
    }

    private bool TryWord(out object? value)
    {
        (string Word, object? Value)[] words =
            [("true", true), ("false", false), ("null", null), ("NaN", double.NaN), ("Infinity", double.PositiveInfinity), ("-Infinity", double.NegativeInfinity)];
        foreach (var (word, meaning) in words)
        {
            if (!_text[_at..].StartsWith(word)) continue;
            _at += word.Length;
            value = meaning;
            return true;
        }
        value = null;
        return false;
    }

    private object Number()
    {
        var start = _at;
        if (Current == '-') _at++;
        if (Current == '0') _at++;
        else Digits();
        var whole = _at;
        if (Current == '.' && IsDigit(1))
        {
            _at++;
            Digits();
        }
        if (Current is 'e' or 'E' && (IsDigit(1) || (_at + 1 < _text.Length && _text[_at + 1] is '+' or '-' && IsDigit(2))))
        {
            _at += 2;
            while (char.IsAsciiDigit(Current)) _at++;
        }
        var number = _text[start.._at];
        if (_at > whole) return double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (number.Length > MaxDigits) throw new FormatException("too many digits");
        return Farm.Nodes.PythonValue.Integer(BigInteger.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private readonly bool IsDigit(int ahead) => _at + ahead < _text.Length && char.IsAsciiDigit(_text[_at + ahead]);

    private void Digits()
    {
        if (!char.IsAsciiDigit(Current)) throw new FormatException("a value is expected");
        while (char.IsAsciiDigit(Current)) _at++;
    }

    private bool Skip(char mark)
    {
        SkipBlanks();
        if (Current != mark || _at >= _text.Length) return false;
        _at++;
        return true;
    }

    private void Require(char mark)
    {
        if (!Skip(mark)) throw new FormatException($"{mark} is expected");
    }

    private void SkipBlanks()
    {
        while (Current is ' ' or '\t' or '\n' or '\r') _at++;
    }
}
