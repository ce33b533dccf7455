using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Prompts;

/// <summary>
/// By what a submission is known again. A prompt_id that is a canonical UUID stands for one submission: its run's key follows from it, so
/// that whoever repeats it, at whichever gateway, comes to the same grain. Any other id may repeat, as in ComfyUI.
/// </summary>
/// <param name="RunId">Key of the prompt's grain.</param>
/// <param name="Fingerprint">What a repetition must have in common; null where nothing is repeated.</param>
internal sealed record SubmissionKey(Guid RunId, string? Fingerprint)
{
    /// <summary>The key of a body.</summary>
    public static SubmissionKey Of(PromptRequest request, RequestIdentity identity) => request.PromptId is { } id && IsCanonical(id)
        ? new SubmissionKey(RunOf(identity.Tenant, id), FingerprintOf(request.Body))
        : new SubmissionKey(Guid.NewGuid(), null);

    /// <summary>Whether a text is a UUID as programs write it: lower case, with hyphens.</summary>
    public static bool IsCanonical(string id) => Guid.TryParseExact(id, "D", out var parsed) && parsed.ToString("D") == id;

    private static Guid RunOf(string tenant, string promptId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{promptId}"), hash);
        // A UUID of version 8, custom (RFC 9562).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static string FingerprintOf(JsonElement body) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body)));
}
