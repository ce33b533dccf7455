using System.Buffers;

namespace Farm.Storage.Hashing;

/// <summary>The BLAKE3 hash of a content, as clients write it: <c>blake3:</c> and 64 hexadecimal digits.</summary>
public readonly record struct ContentHash
{
    private const string Scheme = "blake3:";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private ContentHash(string hex) => Hex = hex;

    /// <summary>The 64 digits, lower case.</summary>
    public string Hex { get; }

    /// <summary>A finished hash.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> hash) =>
        hash.Length == Blake3.Size ? new(Convert.ToHexStringLower(hash)) : throw new ArgumentException($"A hash has {Blake3.Size} bytes, not {hash.Length}.", nameof(hash));

    /// <summary>Reads what a client wrote, in either case; false when it is no such hash.</summary>
    public static bool TryParse(string? text, out ContentHash hash)
    {
        var hex = text is not null && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..].ToLowerInvariant() : "";
        var valid = hex.Length == 2 * Blake3.Size && !hex.AsSpan().ContainsAnyExcept(HexDigits);
        hash = valid ? new(hex) : default;
        return valid;
    }

    /// <inheritdoc />
    public override string ToString() => Scheme + Hex;
}
