using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>
/// Patterns and replacement templates as Python's <c>re</c> takes them, run by .NET's engine: groups are numbered from left to right
/// whether they have names or not, and a match that takes too long fails.
/// </summary>
internal sealed class PythonRegex
{
    private const string ErrorType = "re.PatternError";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Regex _regex;
    private readonly Dictionary<string, int> _names = [];
    private int _groups;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="NodeFailedException">It is none.</exception>
    public PythonRegex(string pattern, bool caseInsensitive, bool multiline, bool dotAll)
    {
        var options = RegexOptions.CultureInvariant | If(caseInsensitive, RegexOptions.IgnoreCase)
            | If(multiline, RegexOptions.Multiline) | If(dotAll, RegexOptions.Singleline);
        try
        {
            _regex = new Regex(Translate(pattern), options, Limit);
        }
        catch (ArgumentException error)
        {
            throw new NodeFailedException(ErrorType, error.Message, error);
        }
    }

    /// <summary>The pattern of a node's inputs <c>regex_pattern</c>, <c>case_insensitive</c>, <c>multiline</c>, <c>dotall</c>.</summary>
    public static PythonRegex Of(NodeCall call) => new(
        call.Get<string>("regex_pattern"), call.Get("case_insensitive", true), call.Get("multiline", false), call.Get("dotall", false));

    /// <summary>The first match, or null.</summary>
    public Match? Search(string text) => Guard(() => _regex.Match(text)) is { Success: true } match ? match : null;

    /// <summary>All matches, from left to right.</summary>
    public IReadOnlyList<Match> FindAll(string text) => Guard(() => _regex.Matches(text).ToList());

    /// <summary>A group's text; empty when it took no part.</summary>
    /// <exception cref="NodeFailedException">IndexError: there is no such group.</exception>
    public string Group(Match match, long number) =>
        number <= _groups ? match.Groups[(int)number].Value : throw NodeFailedException.IndexError("no such group");

    /// <summary><c>re.sub</c>; a <paramref name="count"/> of 0 replaces all.</summary>
    public string Replace(string text, string template, int count)
    {
        var parts = ReadTemplate(template);
        return Guard(() => _regex.Replace(text, match => string.Concat(parts.Select(part => part.Literal ?? Group(match, part.Group))), count == 0 ? -1 : count));
    }

    private static RegexOptions If(bool condition, RegexOptions option) => condition ? option : RegexOptions.None;

    private static T Guard<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new NodeFailedException("TimeoutError", $"regex_pattern: matching took longer than {Limit.TotalSeconds} seconds", error);
        }
    }

    private string Translate(string pattern)
    {
        var translated = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var at = 0; at < pattern.Length; at++)
        {
            var next = at + 1 < pattern.Length ? pattern[at + 1] : '\0';
            switch (pattern[at])
            {
                case '\\' when next != '\0':
                    translated.Append(next == 'Z' && !inClass ? @"\z" : $"\\{next}");
                    at++;
                    break;
                case '[' when inClass:
                    translated.Append(@"\["); // .NET would subtract a class.
                    break;
                case '[':
                    inClass = true;
                    at = OpenClass(translated, pattern, at);
                    break;
                case ']':
                    inClass = false;
                    translated.Append(']');
                    break;
                case '(' when !inClass:
                    at = OpenGroup(translated, pattern, at);
                    break;
                case '{' when !inClass && next == ',':
                    translated.Append("{0"); // {,n} counts from 0.
                    break;
                default:
                    translated.Append(pattern[at]);
                    break;
            }
        }
        return translated.ToString();
    }

    // A ] right behind the opening stands for itself.
    private static int OpenClass(StringBuilder translated, string pattern, int at)
    {
        translated.Append('[');
        if (at + 1 < pattern.Length && pattern[at + 1] == '^')
        {
            translated.Append('^');
            at++;
        }
        if (at + 1 >= pattern.Length || pattern[at + 1] != ']') return at;
        translated.Append(@"\]");
        return at + 1;
    }

    private int OpenGroup(StringBuilder translated, string pattern, int at)
    {
        var rest = pattern.AsSpan(at);
        if (rest.StartsWith("(?P<"))
        {
            var end = EndOfName(pattern, at, '>');
            _names[pattern[(at + 4)..end]] = ++_groups;
            translated.Append(CultureInfo.InvariantCulture, $"(?<{_groups}>");
            return end;
        }
        if (rest.StartsWith("(?P="))
        {
            var end = EndOfName(pattern, at, ')');
            translated.Append(CultureInfo.InvariantCulture, $@"\k<{GroupOf(pattern[(at + 4)..end])}>");
            return end;
        }
        translated.Append(rest is ['(', '?', ..] ? "(" : string.Create(CultureInfo.InvariantCulture, $"(?<{++_groups}>"));
        return at;
    }

    private static int EndOfName(string pattern, int at, char end) => pattern.IndexOf(end, at) is var found and >= 0
        ? found
        : throw new NodeFailedException(ErrorType, $"missing {end}, unterminated name at position {at + 4}");

    private int GroupOf(string name)
    {
        if (_names.TryGetValue(name, out var named)) return named;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= _groups) return number;
        throw new NodeFailedException(ErrorType, $"unknown group name '{name}'");
    }

    private List<(string? Literal, int Group)> ReadTemplate(string template)
    {
        List<(string?, int)> parts = [];
        for (var at = 0; at < template.Length; at++)
        {
            if (template[at] != '\\' || at + 1 == template.Length)
            {
                parts.Add((template[at].ToString(), 0));
            }
            else if (template[at + 1] == 'g' && at + 2 < template.Length && template[at + 2] == '<')
            {
                var end = EndOfName(template, at, '>');
                parts.Add((null, GroupOf(template[(at + 3)..end])));
                at = end;
            }
            else if (char.IsAsciiDigit(template[++at]))
            {
                var two = at + 1 < template.Length && char.IsAsciiDigit(template[at + 1]);
                parts.Add((null, GroupOf(template.Substring(at, two ? 2 : 1))));
                at += two ? 1 : 0;
            }
            else
            {
                parts.Add((Escaped(template[at]), 0));
            }
        }
        return parts;
    }

    private static string Escaped(char letter) => letter switch
    {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'a' => "\a",
        'b' => "\b",
        'f' => "\f",
        'v' => "\v",
        '\\' => "\\",
        _ when char.IsAsciiLetter(letter) => throw new NodeFailedException(ErrorType, $"bad escape \\{letter}"),
        _ => $"\\{letter}",
    };
}
