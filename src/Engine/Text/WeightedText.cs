using System.Globalization;

namespace Farm.Engine.Text;

/// <summary>A stretch of text under one weight.</summary>
internal readonly record struct WeightedSegment(string Text, double Weight);

/// <summary>
/// ComfyUI's weighting syntax: <c>(x)</c> multiplies by 1.1, groups nest, <c>(x:w)</c> sets the weight whatever is around it,
/// <c>\(</c> and <c>\)</c> are plain parentheses, and one without its partner is plain text.
/// </summary>
internal sealed class WeightedText
{
    private const double Emphasis = 1.1;

    /// <summary>Longest number read after a colon.</summary>
    private const int MaxNumberLength = 64;

    private readonly string _text;
    private readonly int[] _closing;
    private readonly int[] _lastColon;
    private readonly List<WeightedSegment> _segments = [];

    private WeightedText(string text)
    {
        _text = text;
        _closing = MatchParentheses(text);
        _lastColon = LastColons(text);
    }

    /// <summary>Splits a text into segments, in order; takes time in proportion to its length, however deep it nests.</summary>
    public static IReadOnlyList<WeightedSegment> Parse(string text)
    {
        var parser = new WeightedText(text);
        parser.Walk();
        return parser._segments;
    }

    private void Walk()
    {
        var outer = new Stack<(int End, int Next, double Weight)>();
        var (at, end, weight, plain) = (0, _text.Length, 1.0, 0);
        while (true)
        {
            if (at >= end)
            {
                Emit(plain, end, weight);
                if (!outer.TryPop(out var frame)) return;
                (end, at, weight) = frame;
                plain = at;
            }
            else if (_text[at] == '(' && _closing[at] > 0 && _closing[at] < end)
            {
                Emit(plain, at, weight);
                var close = _closing[at];
                outer.Push((end, close + 1, weight));
                (end, weight) = Group(at + 1, close, weight);
                plain = ++at;
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>Where the text of a group ends and what it weighs: a number behind its last colon is its weight.</summary>
    private (int End, double Weight) Group(int first, int close, double outer)
    {
        var colon = _lastColon[close];
        var number = colon > first && close - colon <= MaxNumberLength ? _text.AsSpan(colon + 1, close - colon - 1) : [];
        var isWeight = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight);
        return isWeight ? (colon, weight) : (close, outer * Emphasis);
    }

    private void Emit(int first, int end, double weight)
    {
        if (end <= first) return;
        var text = _text[first..end].Replace(@"\(", "(", StringComparison.Ordinal).Replace(@"\)", ")", StringComparison.Ordinal);
        _segments.Add(new WeightedSegment(text, weight));
    }

    /// <summary>For each opening parenthesis with a partner, where that is; else 0.</summary>
    private static int[] MatchParentheses(string text)
    {
        var closing = new int[text.Length];
        var open = new Stack<int>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '(' or ')') i++;
            else if (text[i] == '(') open.Push(i);
            else if (text[i] == ')' && open.TryPop(out var start)) closing[start] = i;
        }
        return closing;
    }

    /// <summary>For each place, the last colon before it; -1 for none.</summary>
    private static int[] LastColons(string text)
    {
        var last = new int[text.Length];
        for (int i = 0, colon = -1; i < text.Length; i++)
        {
            last[i] = colon;
            if (text[i] == ':') colon = i;
        }
        return last;
    }
}
