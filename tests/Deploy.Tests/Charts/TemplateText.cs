using System.Text.RegularExpressions;

namespace Farm.Deploy.Tests.Charts;

/// <summary>A template as text and actions, white space trimmed as <c>{{-</c> and <c>-}}</c> say.</summary>
internal static partial class TemplateText
{
    /// <summary>Splits a template. Comments are dropped.</summary>
    public static IReadOnlyList<Piece> Split(string template)
    {
        var pieces = new List<Piece>();
        var at = 0;
        var trimNext = false;
        foreach (Match action in Actions().Matches(template))
        {
            Add(template[at..action.Index], trimEnd: action.Groups["left"].Success);
            at = action.Index + action.Length;
            trimNext = action.Groups["right"].Success;
            var body = action.Groups["body"].Value.Trim();
            if (!body.StartsWith("/*", StringComparison.Ordinal)) pieces.Add(new Piece(body, IsAction: true));
        }
        Add(template[at..], trimEnd: false);
        return pieces;

        void Add(string text, bool trimEnd)
        {
            if (trimNext) text = text.TrimStart();
            if (trimEnd) text = text.TrimEnd();
            if (text.Length > 0) pieces.Add(new Piece(text, IsAction: false));
        }
    }

    [GeneratedRegex(@"\{\{(?<left>-(?=\s))?(?<body>.*?)(?<right>(?<=\s)-)?\}\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Actions();
}

/// <summary>Text that stands as it is, or the inside of an action.</summary>
internal sealed record Piece(string Text, bool IsAction);
