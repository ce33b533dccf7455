using System.Text.RegularExpressions;

namespace Farm.Engine.Text;

/// <summary>The embedding files that a text names: <c>embedding:</c> after its start, a blank or a line's end, up to the next of those.</summary>
public static partial class EmbeddingNames
{
    /// <summary>The names in a text with weights, in the order in which <see cref="ITextEmbeddings.Find"/> is asked for them: as written, then bare of trailing commas.</summary>
    public static IEnumerable<string> In(string text) =>
        from segment in WeightedText.Parse(text)
        from match in Matches(segment.Text)
        let name = NameOf(match)
        let bare = name.TrimEnd(',')
        from tried in bare.Length < name.Length ? new[] { name, bare } : [name]
        select tried;

    internal static IEnumerable<Match> Matches(string segment) => Pattern().Matches(segment);

    internal static string NameOf(Match match) => match.Groups["name"].Value;

    [GeneratedRegex(@"(?<=^|[ \n])embedding:(?<name>[^ \n]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
