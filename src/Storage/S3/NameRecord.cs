using System.Text.Json;
using System.Text.Json.Serialization;
using Farm.Storage.Hashing;

namespace Farm.Storage.S3;

/// <summary>What the bucket has under a name: which content, and which write gave it the name.</summary>
/// <param name="Hash">The content's hash, with its scheme.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When the name got the content, by the writer's clock.</param>
/// <param name="Id">The write; ids sort by time.</param>
internal sealed record NameRecord(string Hash, long Size, DateTimeOffset ModifiedAt, Guid Id)
{
    /// <summary>The content.</summary>
    [JsonIgnore]
    public Blob Blob => ContentHash.TryParse(Hash, out var hash) ? new Blob(hash, Size) : throw new IOException($"A name's record has '{Hash}' for a hash.");

    /// <summary>A record for a write of now.</summary>
    public static NameRecord Of(Blob blob, TimeProvider time) => new(blob.Hash.ToString(), blob.Size, time.GetUtcNow(), Guid.CreateVersion7(time.GetUtcNow()));

    /// <summary>The file of that name.</summary>
    public FileEntry Entry(FileKey key) => new(key, Size, ModifiedAt, Blob.Hash);

    /// <summary>The object's bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, NameRecordJson.Default.NameRecord);

    /// <summary>Reads an object's bytes; null when they are no whole record.</summary>
    public static NameRecord? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, NameRecordJson.Default.NameRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How records are written.</summary>
[JsonSerializable(typeof(NameRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class NameRecordJson : JsonSerializerContext;
