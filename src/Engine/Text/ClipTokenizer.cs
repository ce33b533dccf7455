using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Farm.Engine.Text;

/// <summary>CLIP's byte-pair encoding of plain text: lower case, split into words, each word into the 49,408 known pieces.</summary>
internal sealed partial class ClipTokenizer
{
    /// <summary>Id that opens every chunk.</summary>
    public const int Start = 49406;

    /// <summary>Id that closes every chunk.</summary>
    public const int End = 49407;

    private const string EndOfWord = "</w>";
    private const string StartText = "<|startoftext|>";
    private const string EndText = "<|endoftext|>";

    private static readonly Lazy<ClipTokenizer> Loaded = new(() => new ClipTokenizer());

    private readonly BpeTokenizer _bpe;

    private ClipTokenizer()
    {
        var merges = ReadMerges();
        var special = new Dictionary<string, int>(StringComparer.Ordinal) { [StartText] = Start, [EndText] = End };
        _bpe = BpeTokenizer.Create(new BpeOptions(Vocabulary(merges))
        {
            Merges = merges,
            EndOfWordSuffix = EndOfWord,
            ByteLevel = true,
            Normalizer = new LowerCaseNormalizer(),
            PreTokenizer = new RegexPreTokenizer(Words(), special),
            UnknownToken = EndText,
            SpecialTokens = special,
        });
    }

    /// <summary>The tokenizer, which holds no state; its vocabulary is read at first use.</summary>
    public static ClipTokenizer Shared => Loaded.Value;

    /// <summary>The ids of a text, without those that open and close a chunk.</summary>
    public IReadOnlyList<int> Encode(string text) => _bpe.EncodeToIds(text);

    /// <summary>Pairs in the order they are joined; see NOTICE for their origin.</summary>
    private static string[] ReadMerges()
    {
        using var resource = typeof(ClipTokenizer).Assembly.GetManifestResourceStream("Farm.Engine.Text.clip-merges.txt.gz")!;
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Ids in the order of CLIP's own table: the byte symbols, the same at the end of a word, the joined pairs, the two marks.</summary>
    private static Dictionary<string, int> Vocabulary(string[] merges)
    {
        var symbols = ByteSymbols().ToArray();
        var pieces = symbols.Concat(symbols.Select(symbol => symbol + EndOfWord)).Concat(merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)));
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var piece in pieces.Append(StartText).Append(EndText)) vocabulary.Add(piece, vocabulary.Count);
        return vocabulary;
    }

    /// <summary>GPT-2's printable stand-ins for the 256 bytes: those that print stand for themselves, the others are counted up from U+0100.</summary>
    private static IEnumerable<string> ByteSymbols()
    {
        int[] printable = [.. Enumerable.Range('!', '~' - '!' + 1), .. Enumerable.Range('¡', '¬' - '¡' + 1), .. Enumerable.Range('®', 'ÿ' - '®' + 1)];
        return printable.Concat(Enumerable.Range(256, 256 - printable.Length)).Select(code => ((char)code).ToString());
    }

    [GeneratedRegex(@"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}
