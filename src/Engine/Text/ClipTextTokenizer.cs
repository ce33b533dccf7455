namespace Farm.Engine.Text;

/// <summary>Turns a weighted text into chunks of 77 tokens: a start mark, up to 75 tokens, an end mark, padding.</summary>
/// <param name="Encoder">The encoder's name, <c>l</c> or <c>g</c>.</param>
/// <param name="Width">Width of its token vectors, which embedding files must have.</param>
/// <param name="Padding">Id after the end mark: the end mark again for CLIP-L, 0 for OpenCLIP's encoders.</param>
/// <param name="Embeddings">Embedding files; null where there are none, so that <c>embedding:name</c> is plain text.</param>
internal sealed record ClipTextTokenizer(string Encoder, long Width, int Padding = ClipTokenizer.End, ITextEmbeddings? Embeddings = null)
{
    /// <summary>Tokens of a chunk, marks included.</summary>
    public const int ChunkLength = 77;

    /// <summary>Most chunks of one text (19,200 tokens), as all are encoded in one batch.</summary>
    public const int MaxChunks = 256;

    /// <summary>A segment of fewer tokens is not cut: it moves to the next chunk whole.</summary>
    private const int ShortestCut = 8;

    /// <summary>The chunks of a text; at least one.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxChunks"/>.</exception>
    public IReadOnlyList<IReadOnlyList<TextToken>> Tokenize(string text)
    {
        var chunks = new List<IReadOnlyList<TextToken>>();
        var chunk = NewChunk();
        foreach (var segment in WeightedText.Parse(text).SelectMany(Segments))
        {
            var left = segment.AsSpan();
            while (left.Length > ChunkLength - 1 - chunk.Count)
            {
                var room = segment.Length >= ShortestCut ? ChunkLength - 1 - chunk.Count : 0;
                chunk.AddRange(left[..room]);
                left = left[room..];
                chunks.Add(Close(chunk));
                if (chunks.Count == MaxChunks) throw new ArgumentException($"the text needs more than {MaxChunks} chunks of {ChunkLength - 2} tokens", nameof(text));
                chunk = NewChunk();
            }
            chunk.AddRange(left);
        }
        chunks.Add(Close(chunk));
        return chunks;
    }

    /// <summary>The chunk of an empty text, against which weights are measured.</summary>
    public IReadOnlyList<TextToken> EmptyChunk() => Close(NewChunk());

    private static List<TextToken> NewChunk() => [new TextToken(ClipTokenizer.Start, 1)];

    private List<TextToken> Close(List<TextToken> chunk)
    {
        chunk.Add(new TextToken(ClipTokenizer.End, 1));
        while (chunk.Count < ChunkLength) chunk.Add(new TextToken(Padding, 1));
        return chunk;
    }

    /// <summary>Cuts a weighted segment where embedding files are named; each piece counts as a segment of its own.</summary>
    private IEnumerable<TextToken[]> Segments(WeightedSegment segment)
    {
        if (Embeddings is null) return [Words(segment.Text, segment.Weight)];
        var pieces = new List<TextToken[]>();
        var at = 0;
        foreach (var match in EmbeddingNames.Matches(segment.Text))
        {
            pieces.Add(Words(segment.Text[at..match.Index], segment.Weight));
            pieces.Add(Vectors(EmbeddingNames.NameOf(match), segment.Weight, out var rest));
            at = match.Index + match.Length - rest;
        }
        pieces.Add(Words(segment.Text[at..], segment.Weight));
        return pieces.Where(piece => piece.Length > 0);
    }

    private static TextToken[] Words(string text, double weight) => [.. ClipTokenizer.Shared.Encode(text).Select(id => new TextToken(id, weight))];

    /// <summary>The vectors of a named file, bare or less its trailing commas, which then stay text; nothing when there is none.</summary>
    private TextToken[] Vectors(string name, double weight, out int rest)
    {
        rest = 0;
        var vectors = Embeddings!.Find(name, Encoder, Width);
        if (vectors is null && name.TrimEnd(',') is var bare && bare.Length < name.Length)
        {
            rest = name.Length - bare.Length;
            vectors = Embeddings.Find(bare, Encoder, Width);
        }
        return vectors is null ? [] : [.. Enumerable.Range(0, (int)vectors.shape[0]).Select(i => new TextToken(0, weight, vectors[i]))];
    }
}
