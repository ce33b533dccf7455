using System.Buffers.Binary;
using System.Text.Json;
using Farm.Gateway.Http;
using Farm.Storage;

namespace Farm.Gateway.Models;

/// <summary>The <c>__metadata__</c> of a safetensors file.</summary>
internal static class SafetensorsMetadata
{
    /// <summary>Headers of real models stay far below; more is a broken file.</summary>
    private const long LongestHeader = 64L * 1024 * 1024;

    private const int Depth = 64;

    /// <summary>The metadata object, or null where the file has none or is no safetensors file.</summary>
    public static async Task<JsonElement?> ReadAsync(IFileStore store, FileKey key, CancellationToken cancel)
    {
        if (!key.Name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            return null;
        await using var file = await store.OpenReadAsync(key, cancel);
        var length = new byte[8];
        if (await file.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, cancel) < length.Length)
            return null;
        var size = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (size > LongestHeader || (long)size > file.Length - length.Length)
            return null;
        var header = new byte[size];
        await file.ReadExactlyAsync(header, cancel);
        try
        {
            return JsonText.Parse(header, Depth).Member("__metadata__");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
