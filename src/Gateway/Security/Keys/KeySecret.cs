using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Farm.Gateway.Security.Keys;

/// <summary>
/// The text of a key: <c>farm_</c>, twelve characters that tell it from others, <c>_</c>, and 256 random bits. Those are as hard to guess as the
/// hash is to undo, so that one round of SHA-256 is enough.
/// </summary>
internal static class KeySecret
{
    private const string Prefix = "farm_";
    private const int IdBytes = 6;
    private const int IdLength = 2 * IdBytes;
    private const int SecretBytes = 32;

    /// <summary>A new key.</summary>
    public static (string Id, string Text) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return (id, $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }

    /// <summary>The id in a key's text; null for a text that is none.</summary>
    public static string? IdOf(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length + IdLength && text[Prefix.Length + IdLength] == '_'
            ? text.Substring(Prefix.Length, IdLength)
            : null;

    /// <summary>What is kept of a key.</summary>
    public static ImmutableArray<byte> Hash(string text) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(text))];

    /// <summary>Whether a text is the key of that hash; takes as long for every text.</summary>
    public static bool Fits(string text, ImmutableArray<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash(text).AsSpan(), hash.AsSpan());
}
