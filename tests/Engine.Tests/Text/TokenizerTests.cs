using System.Text.Json;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Text;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Text;

public sealed class TokenizerTests
{
    private static readonly ClipTextTokenizer Tokenizer = new("l", Width: 768);

    /// <summary>Twelve texts as ComfyUI 0.19.3 tokenizes them (Fixtures/ORIGIN.md).</summary>
    public static TheoryData<string> RecordedTexts { get; } = [.. Recorded().Keys];

    [Theory]
    [MemberData(nameof(RecordedTexts))]
    public void Tokenize_RecordedText_GivesItsIdsAndWeights(string text)
    {
        var actual = Tokenizer.Tokenize(text).Select(chunk => chunk.Select(token => (token.Id, token.Weight)).ToArray()).ToArray();

        Assert.Equal(Recorded()[text], actual);
    }

    [Fact]
    public void Tokenize_ShortSegmentAtTheEdge_MovesToTheNextChunkWhole()
    {
        var text = string.Join(' ', Enumerable.Repeat("cat", 73)) + " (dog dog dog:1.5)";

        var chunks = Tokenizer.Tokenize(text);

        Assert.Equal(2, chunks.Count);
        Assert.Equal([1.5, 1.5, 1.5], chunks[1].Skip(1).Take(3).Select(token => token.Weight));
        Assert.Equal(ClipTokenizer.End, chunks[0][74].Id);
        Assert.All(chunks, chunk => Assert.Equal(77, chunk.Count));
    }

    [Fact]
    public void Tokenize_ExactlyFull_NeedsNoSecondChunk() =>
        Assert.Single(Tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("cat", 75))));

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Tokenize_LongText_IsBounded(int chunks, bool accepted)
    {
        var text = string.Join(' ', Enumerable.Repeat("cat", 75 * chunks));

        if (accepted) Assert.Equal(chunks, Tokenizer.Tokenize(text).Count);
        else Assert.Contains("more than 256 chunks", Assert.Throws<ArgumentException>(() => Tokenizer.Tokenize(text)).Message, StringComparison.Ordinal);
    }

    /// <summary>The rules of ComfyUI's weighting syntax, one by one.</summary>
    [Theory]
    [InlineData("plain", "plain=1")]
    [InlineData("(a)", "a=1.1")]
    [InlineData("((a))", "a=1.2100000000000002")]
    [InlineData("(a:0.5)", "a=0.5")]
    [InlineData("((a:0.5))", "a=0.5")]
    [InlineData("(a (b) c:0.5)", "a =0.5|b=0.55| c=0.5")]
    [InlineData("(a:b:2)", "a:b=2")]
    [InlineData("(a:x)", "a:x=1.1")]
    [InlineData("(:2)", ":2=1.1")]
    [InlineData("(a:-1)", "a=-1")]
    [InlineData("(a:inf)", "a:inf=1.1")]
    [InlineData(@"\(a\) (b\):2)", "(a) =1|b)=2")]
    [InlineData("a) (b", "a) (b=1")]
    [InlineData("()", "")]
    [InlineData("", "")]
    public void Parse_Syntax_GivesSegments(string text, string expected)
    {
        var segments = WeightedText.Parse(text).Select(segment => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{segment.Text}={segment.Weight}"));

        Assert.Equal(expected, string.Join('|', segments));
    }

    [Fact]
    public void Parse_NestedAHundredThousandDeep_NeitherOverflowsNorFails()
    {
        const int depth = 100_000;

        var segments = WeightedText.Parse(new string('(', depth) + "x:2" + new string(')', depth));

        Assert.Equal(new WeightedSegment("x", 2), Assert.Single(segments));
    }

    [Fact]
    public void Tokenize_EmbeddingNames_GiveVectorsOrNothing()
    {
        using var scope = NewDisposeScope();
        var tokenizer = Tokenizer with { Embeddings = new OneEmbedding("style", zeros(2, 768)) };

        var tokens = tokenizer.Tokenize("a embedding:style, (cat embedding:missing:1.5)\nembedding:style dog")[0];

        var vectors = tokens.Select((token, i) => (token, i)).Where(item => item.token.Vector is not null).Select(item => item.i);
        Assert.Equal([2, 3, 6, 7], vectors);
        Assert.Equal([320, 0, 0, 267, 2368, 0, 0, 1929, ClipTokenizer.End], tokens.Skip(1).Take(9).Select(token => token.Id));
        Assert.Equal(1.5, tokens[5].Weight);
    }

    private static Dictionary<string, (int, double)[][]> Recorded()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Fixture.PathOf("sd15-tokens.json")));
        return document.RootElement.EnumerateArray().ToDictionary(
            item => item.GetProperty("text").GetString()!,
            item => item.GetProperty("tokens").GetProperty("l").EnumerateArray()
                .Select(chunk => chunk.EnumerateArray().Select(token => (token[0].GetInt32(), token[1].GetDouble())).ToArray()).ToArray(),
            StringComparer.Ordinal);
    }

    private sealed class OneEmbedding(string name, Tensor vectors) : ITextEmbeddings
    {
        public Tensor? Find(string wanted, string encoder, long width) => wanted == name && width == vectors.shape[1] ? vectors : null;
    }
}
