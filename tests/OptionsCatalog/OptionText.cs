using System.Text.RegularExpressions;

namespace Farm.OptionsCatalog;

/// <summary>What a summary says of an option, with what it says of its default taken apart.</summary>
/// <param name="Meaning">The summary without the words about the default, and without the last full stop.</param>
/// <param name="Default">The words that name the default, such as <c>5 s</c> or <c>none</c>; empty where there are none.</param>
/// <param name="Rest">What stands behind them in the same sentence, with its comma, such as <c>; 0 for any number</c>.</param>
internal sealed partial record OptionText(string Meaning, string Default, string Rest)
{
    /// <summary>Reads a summary. A default is said in its last sentences: <c>Default: 5 s.</c>, <c>Default 5 s.</c>, <c>5 s by default.</c>, <c>By default …</c> or a clause <c>…; default 5 s.</c></summary>
    public static OptionText Parse(string summary)
    {
        var sentences = Sentences().Split(summary).Where(sentence => sentence.Length > 0).ToList();
        for (var i = sentences.Count - 1; i >= 0; i--)
        {
            var said = Said().Match(sentences[i]);
            if (!said.Success) continue;
            var meaning = said.Groups["meaning"].Value;
            if (meaning.Length > 0) sentences[i] = meaning + ".";
            else sentences.RemoveAt(i);
            return new OptionText(Join(sentences), said.Groups["words"].Value.Trim().TrimEnd('.'), said.Groups["rest"].Value);
        }
        return new OptionText(Join(sentences), "", "");
    }

    private static string Join(IEnumerable<string> sentences) => string.Join(' ', sentences).TrimEnd('.');

    [GeneratedRegex(@"(?<=[A-Za-z0-9`)]\.) (?=[A-Z`0-9])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentences();

    // A comma between digits belongs to a number.
    [GeneratedRegex(@"^((?<meaning>.+)[;,] (the )?)?([Dd]efault:? (?<words>([^,;:]|,(?=\d)|(?<=[A-Za-z]):(?=[\d/]))+)|By default,? (?<words>[^,;:]+)|(?<words>([^.,;:]|[.,](?=\d))+) by default)(?<rest>[,;:] .+?)?\.?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Said();
}
