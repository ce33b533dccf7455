using System.Globalization;
using System.Numerics;
using System.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>Cuts an expression into tokens by Python's rules; a line's end ends a statement unless it stands in brackets.</summary>
internal sealed class Tokenizer(string text)
{
    private static readonly string[] Marks =
    [
        "**=", "//=", ">>=", "<<=", "...", ":=", "->", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=",
        "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=",
    ];

    private readonly List<Token> _tokens = [];
    private int _at;
    private int _brackets;

    /// <summary>All tokens, with an end behind them.</summary>
    /// <exception cref="NodeFailedException">SyntaxError.</exception>
    public static IReadOnlyList<Token> Read(string text)
    {
        var tokenizer = new Tokenizer(text);
        while (tokenizer._at < text.Length) tokenizer.Next();
        tokenizer._tokens.Add(new Token(TokenKind.End, ""));
        return tokenizer._tokens;
    }

    /// <summary>A failure of reading.</summary>
    public static NodeFailedException SyntaxError(string message) => new("SyntaxError", message);

    private char Current => Peek(0);

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private void Next()
    {
        if (Current is ' ' or '\t' or '\f') _at++;
        else if (Current == '#') _at = text.IndexOf('\n', _at) is var end and >= 0 ? end : text.Length;
        else if (Current is '\n' or '\r') EndLine();
        else if (Current == '\\' && Peek(1) is '\n') _at += 2;
        else if (char.IsAsciiDigit(Current) || (Current == '.' && char.IsAsciiDigit(Peek(1)))) ReadNumber();
        else if (Current is '"' or '\'') ReadText(raw: false);
        else if (char.IsLetter(Current) || Current == '_') ReadName();
        else ReadMark();
    }

    private void EndLine()
    {
        _at++;
        if (_brackets == 0) _tokens.Add(new Token(TokenKind.Mark, ";"));
    }

    private void ReadMark()
    {
        var mark = Marks.FirstOrDefault(candidate => string.CompareOrdinal(text, _at, candidate, 0, candidate.Length) == 0)
            ?? throw SyntaxError($"invalid character '{Current}' (U+{(int)Current:X4})");
        _brackets += mark is "(" or "[" or "{" ? 1 : mark is ")" or "]" or "}" ? -1 : 0;
        _tokens.Add(new Token(TokenKind.Mark, mark));
        _at += mark.Length;
    }

    private void ReadName()
    {
        var start = _at;
        while (char.IsLetterOrDigit(Current) || Current == '_') _at++;
        var name = text[start.._at];
        if (Current is not ('"' or '\''))
            _tokens.Add(new Token(TokenKind.Name, name.Normalize(NormalizationForm.FormKC)));
        else if (name is "r" or "R" or "u" or "U")
            ReadText(raw: name is "r" or "R");
        else
            throw new NodeFailedException("simpleeval.FeatureNotAvailable", $"Sorry, texts that start with {name} are not available in this evaluator");
    }

    private void ReadNumber()
    {
        var start = _at;
        var number = Current == '0' && char.ToLowerInvariant(Peek(1)) is var radix and ('x' or 'o' or 'b') ? ReadRadix(radix) : ReadDecimal(start);
        if (Current is 'j' or 'J')
        {
            _at++;
            number = new Complex(0, number is BigInteger whole ? (double)whole : (double)number);
        }
        if (char.IsLetter(Current) || Current == '_' || char.IsAsciiDigit(Current)) throw SyntaxError("invalid decimal literal");
        _tokens.Add(new Token(TokenKind.Literal, text[start.._at], number));
    }

    private object ReadRadix(char radix)
    {
        var size = radix switch { 'x' => 16, 'o' => 8, _ => 2 };
        _at += 2;
        var value = BigInteger.Zero;
        var digits = 0;
        for (; char.IsAsciiHexDigit(Current) || Current == '_'; _at++)
        {
            if (Current == '_' && char.IsAsciiHexDigit(Peek(1))) continue;
            var digit = Current == '_' ? size : Convert.ToInt32(Current.ToString(), 16);
            if (digit >= size) throw SyntaxError("invalid digit in an integer literal");
            value = value * size + digit;
            digits++;
        }
        return digits > 0 ? value : throw SyntaxError("invalid integer literal");
    }

    private object ReadDecimal(int start)
    {
        Digits();
        var isFloat = Current == '.';
        if (isFloat)
        {
            _at++;
            if (char.IsAsciiDigit(Current)) Digits();
        }
        if (Current is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            isFloat = true;
            _at += 2;
            Digits();
        }
        var digits = text[start.._at].Replace("_", "", StringComparison.Ordinal);
        if (isFloat) return double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (digits.Length > 1 && digits[0] == '0' && digits.Any(digit => digit != '0') && Current is not ('j' or 'J'))
            throw SyntaxError("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
        return digits.Length <= PythonNumber.MaxDigits
            ? BigInteger.Parse(digits, CultureInfo.InvariantCulture)
            : throw SyntaxError($"Exceeds the limit ({PythonNumber.MaxDigits} digits) for integer string conversion");
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Current) || (Current == '_' && char.IsAsciiDigit(Peek(1)))) _at++;
    }

    private void ReadText(bool raw)
    {
        var quote = Peek(1) == Current && Peek(2) == Current ? new string(Current, 3) : Current.ToString();
        _at += quote.Length;
        var value = new StringBuilder();
        while (string.CompareOrdinal(text, _at, quote, 0, quote.Length) != 0)
        {
            if (_at >= text.Length || (Current == '\n' && quote.Length == 1)) throw SyntaxError("unterminated string literal");
            if (Current == '\\' && !raw) value.Append(ReadEscape());
            else value.Append(text[_at++]);
        }
        _at += quote.Length;
        _tokens.Add(new Token(TokenKind.Literal, quote, value.ToString()));
    }

    private string ReadEscape()
    {
        var letter = Peek(1);
        _at += 2;
        return letter switch
        {
            '\n' => "",
            '\\' or '\'' or '"' => letter.ToString(),
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\v",
            'x' => ReadCode(2),
            'u' => ReadCode(4),
            'U' => ReadCode(8),
            >= '0' and <= '7' => ReadOctal(letter),
            '\0' => throw SyntaxError("unterminated string literal"),
            _ => $"\\{letter}",
        };
    }

    private string ReadCode(int digits)
    {
        var valid = _at + digits <= text.Length;
        var code = 0;
        valid = valid && int.TryParse(text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code) && code is >= 0 and <= 0x10FFFF;
        if (!valid) throw SyntaxError("(unicode error) truncated or illegal escape");
        _at += digits;
        return code is >= 0xD800 and < 0xE000 ? ((char)code).ToString() : char.ConvertFromUtf32(code);
    }

    private string ReadOctal(char first)
    {
        var code = first - '0';
        for (var i = 0; i < 2 && Current is >= '0' and <= '7'; i++) code = code * 8 + text[_at++] - '0';
        return ((char)code).ToString();
    }
}
