using System.Text.Encodings.Web;
using System.Text.Json;

namespace Farm.Gateway.Http;

/// <summary>Answers as ComfyUI gives them: JSON with the charset named, plain texts, empty bodies.</summary>
internal static class Answers
{
    public const string JsonType = "application/json; charset=utf-8";
    public const string TextType = "text/plain; charset=utf-8";

    /// <summary>Text beyond ASCII is escaped, as in ComfyUI; nothing more than JSON asks for.</summary>
    private static readonly JsonWriterOptions Ascii = new() { Encoder = JavaScriptEncoder.Create(new TextEncoderSettings(System.Text.Unicode.UnicodeRanges.BasicLatin)), MaxDepth = 1000 };

    /// <summary>An answer whose body <paramref name="write"/> writes.</summary>
    public static IResult Json(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => new JsonAnswer(write, status);

    /// <summary>200 without a body or a content type.</summary>
    public static IResult Empty(int status = StatusCodes.Status200OK) => TypedResults.StatusCode(status);

    /// <summary>ComfyUI's short refusal: <c>{"error": text}</c>.</summary>
    public static IResult Error(string text, int status) => Json(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("error", text);
            writer.WriteEndObject();
        },
        status);

    /// <summary>A plain text.</summary>
    public static IResult Text(string text, int status) => TypedResults.Text(text, TextType, statusCode: status);

    /// <summary>A writer over a response body with ComfyUI's escaping.</summary>
    public static Utf8JsonWriter Writer(HttpResponse response) => new(response.BodyWriter, Ascii);

    /// <summary>A writer over a buffer with ComfyUI's escaping.</summary>
    public static Utf8JsonWriter Writer(System.Buffers.IBufferWriter<byte> buffer) => new(buffer, Ascii);

    private sealed class JsonAnswer(Action<Utf8JsonWriter> write, int status) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = JsonType;
            await using (var writer = Writer(httpContext.Response))
                write(writer);
            await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }
}
