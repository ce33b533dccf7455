using System.Globalization;
using Farm.Storage;
using Microsoft.Net.Http.Headers;

namespace Farm.Gateway.View;

/// <summary>Sends a file of the store: validators, conditions and one byte range, as recorded.</summary>
/// <param name="store">Where the file is.</param>
/// <param name="file">The file.</param>
/// <param name="contentType">What to send it as.</param>
/// <param name="named">Whether the answer tells the file's name.</param>
/// <param name="disposition">The whole header instead; null names the file alone.</param>
internal sealed class FileAnswer(IFileStore store, FileEntry file, string contentType, bool named = true, string? disposition = null) : IResult
{
    private const int CopySize = 128 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var request = httpContext.Request;
        var headers = httpContext.Response.Headers;
        var modified = new DateTimeOffset(file.ModifiedAt.Ticks - (file.ModifiedAt.Ticks % TimeSpan.TicksPerSecond), file.ModifiedAt.Offset);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{file.ModifiedAt.UtcTicks:x}-{file.Size:x}\"");
        headers.ETag = tag;
        headers.LastModified = HeaderUtilities.FormatDate(modified);
        if (Refuse(request, tag, modified) is { } status)
        {
            httpContext.Response.StatusCode = status;
            return;
        }
        headers.AcceptRanges = "bytes";
        var range = new ByteRange(0, file.Size);
        if (request.Headers.Range is [{ Length: > 0 } asked] && RangeStillHolds(request, tag, modified))
        {
            if (ByteRange.Read(asked, file.Size) is not { } part)
            {
                headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Size}");
                httpContext.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return;
            }
            range = part;
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {part.Start}-{part.Start + part.Length - 1}/{file.Size}");
            httpContext.Response.StatusCode = StatusCodes.Status206PartialContent;
        }
        httpContext.Response.ContentType = contentType;
        if (named)
            headers.ContentDisposition = disposition ?? Disposition(file.Key.Name);
        headers.ContentLength = range.Length;
        if (!HttpMethods.IsHead(request.Method))
            await CopyAsync(range, httpContext);
    }

    /// <summary>How a file is named to the client; names beyond ASCII have their form beside a plain one.</summary>
    public static string Disposition(string name)
    {
        var plain = string.Concat(name.Select(c => c is < ' ' or > '~' or '"' or '\\' ? '_' : c));
        return plain == name ? $"filename=\"{name}\"" : $"filename=\"{plain}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
    }

    private async Task CopyAsync(ByteRange range, HttpContext context)
    {
        await using var content = await store.OpenReadAsync(file.Key, context.RequestAborted);
        // Replaced since it was found: what was promised of it cannot be kept.
        if (content.Length != file.Size)
            throw new FileNotFoundException("The file was replaced.", file.Key.Path);
        content.Seek(range.Start, SeekOrigin.Begin);
        var buffer = new byte[(int)Math.Min(CopySize, Math.Max(1, range.Length))];
        for (var left = range.Length; left > 0;)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), context.RequestAborted);
            if (read == 0)
                throw new IOException($"{file.Key} ended before its {file.Size} bytes.");
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            left -= read;
        }
    }

    private static int? Refuse(HttpRequest request, string tag, DateTimeOffset modified)
    {
        if (request.Headers.IfMatch.Count > 0)
        {
            if (!Matches(request.Headers.IfMatch, tag))
                return StatusCodes.Status412PreconditionFailed;
        }
        else if (Date(request.Headers.IfUnmodifiedSince) < modified)
        {
            return StatusCodes.Status412PreconditionFailed;
        }
        if (request.Headers.IfNoneMatch.Count > 0)
            return Matches(request.Headers.IfNoneMatch, tag) ? StatusCodes.Status304NotModified : null;
        return Date(request.Headers.IfModifiedSince) >= modified ? StatusCodes.Status304NotModified : null;
    }

    private static bool RangeStillHolds(HttpRequest request, string tag, DateTimeOffset modified) =>
        request.Headers.IfRange is not [{ Length: > 0 } condition] || condition == tag || Date(condition) >= modified;

    private static bool Matches(IEnumerable<string?> given, string tag) =>
        given.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries)).Any(v => v == "*" || v == tag || v == "W/" + tag);

    private static DateTimeOffset? Date(string? text) => HeaderUtilities.TryParseDate(text, out var date) ? date : null;
}
