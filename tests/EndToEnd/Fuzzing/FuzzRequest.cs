using System.Text;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>How a request's body ends.</summary>
internal enum BodyEnd
{
    /// <summary>As its length says.</summary>
    Whole,

    /// <summary>In chunks, the last one marked.</summary>
    Chunked,

    /// <summary>The client ends its side before the length is reached.</summary>
    CutByLength,

    /// <summary>The client ends its side within the chunks.</summary>
    CutInChunks,

    /// <summary>The client resets the connection before the length is reached.</summary>
    Reset,
}

/// <summary>A request as it goes over the wire.</summary>
/// <param name="Seed">What it was made of: the same seed makes it again.</param>
/// <param name="Operation">The operation it is meant for.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, a character a byte.</param>
/// <param name="Headers">Header lines, a character a byte.</param>
/// <param name="Body">The body; of a socket, its frames.</param>
/// <param name="End">How the body ends.</param>
/// <param name="Arrives">Whether it must come to its operation: method and path are that one's, and the request is whole.</param>
internal sealed record FuzzRequest(int Seed, Operation Operation, string Method, string Target, IReadOnlyList<string> Headers, byte[] Body, BodyEnd End, bool Arrives)
{
    private const int Shown = 2000;

    /// <summary>Whether it opens a socket; its body are frames.</summary>
    public bool IsSocket => Headers.Any(line => line.StartsWith("Upgrade:", StringComparison.Ordinal));

    /// <summary>Whether the client goes away before the request is whole: then no answer is owed.</summary>
    public bool IsCut => End is BodyEnd.CutByLength or BodyEnd.CutInChunks or BodyEnd.Reset;

    /// <summary>The request's head and body as bytes; a socket's frames come later.</summary>
    public byte[] ToBytes()
    {
        var wire = new MemoryStream();
        var length = End is BodyEnd.CutByLength or BodyEnd.Reset ? Body.Length + 1000 : Body.Length;
        var framing = IsSocket ? "" : End is BodyEnd.Chunked or BodyEnd.CutInChunks ? "Transfer-Encoding: chunked\r\n" : Body.Length > 0 || IsCut ? $"Content-Length: {length}\r\n" : "";
        wire.Write(Encoding.Latin1.GetBytes($"{Method} {Target} HTTP/1.1\r\n{string.Concat(Headers.Select(line => line + "\r\n"))}{framing}\r\n"));
        if (IsSocket)
            return wire.ToArray();
        if (End is not (BodyEnd.Chunked or BodyEnd.CutInChunks))
        {
            wire.Write(Body);
            return wire.ToArray();
        }
        foreach (var chunk in Body.Chunk(7000))
        {
            wire.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            wire.Write(chunk);
            wire.Write("\r\n"u8);
        }
        wire.Write(End is BodyEnd.Chunked ? "0\r\n\r\n"u8 : "ff\r\nnot as much"u8);
        return wire.ToArray();
    }

    /// <summary>All that is needed to send it again.</summary>
    public override string ToString() =>
        $"seed {Seed}, {Operation.Name}: {Method} {Cut(Target)}\n  {string.Join("\n  ", Headers.Select(Cut))}\n  body of {Body.Length} bytes, {End}: {Cut(Encoding.Latin1.GetString(Body, 0, Math.Min(Body.Length, Shown)))}";

    private static string Cut(string text) => text.Length <= Shown ? text : text[..Shown] + "…";
}
