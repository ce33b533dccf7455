using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Http;

/// <summary>
/// Reads JSON bodies whatever content type they claim, as ComfyUI does. The order of keys and the text of numbers survive; of a key
/// given twice the last value counts; text that is no well-formed Unicode is refused here, so that no later step meets it.
/// </summary>
internal sealed class JsonBody(IOptions<GatewayOptions> options)
{
    /// <summary>The body, or a refusal with 400 that says where it is broken.</summary>
    public async ValueTask<JsonElement> ReadAsync(HttpRequest request)
    {
        var bytes = await ReadBytesAsync(request);
        return bytes.Length == 0 ? throw Broken("the body is empty") : Parse(bytes);
    }

    /// <summary>The body, or null where there is none: what is broken is refused.</summary>
    public async ValueTask<JsonElement?> ReadUnlessEmptyAsync(HttpRequest request)
    {
        var bytes = await ReadBytesAsync(request);
        return bytes.Length == 0 ? null : Parse(bytes);
    }

    /// <summary>The body, or null where it is absent or no JSON at all: some of ComfyUI's routes take that for an empty object.</summary>
    public async ValueTask<JsonElement?> ReadIfAnyAsync(HttpRequest request)
    {
        try
        {
            return await ReadAsync(request);
        }
        catch (RequestRefusedException refused) when (refused.Type == "invalid_json")
        {
            return null;
        }
    }

    /// <summary>Parses a text under the same rules.</summary>
    public JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
            throw Broken("the body is no valid UTF-8");
        try
        {
            return JsonText.Parse(utf8, options.Value.MaxJsonDepth);
        }
        catch (JsonException broken)
        {
            throw Broken(broken.Message);
        }
    }

    private static RequestRefusedException Broken(string why) => new("invalid_json", "The request body is not valid JSON", why);

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream(request.ContentLength is > 0 and < 1 << 20 ? (int)request.ContentLength : 4096);
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
