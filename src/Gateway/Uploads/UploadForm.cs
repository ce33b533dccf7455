using System.Text;
using Farm.Gateway.Http;
using Farm.Storage.Hashing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Farm.Gateway.Uploads;

/// <summary>
/// A posted form with one file. The file goes to disk as it comes in, hashed on the way: fields that decide its place may follow it.
/// </summary>
internal sealed class UploadForm : IAsyncDisposable
{
    private const int LongestField = 1024 * 1024;
    private const int MostParts = 100;
    private const int BufferSize = 128 * 1024;

    private readonly Dictionary<string, List<string>> _fields = new(StringComparer.Ordinal);
    private FileStream? _staged;

    /// <summary>The file's name as sent; null without a file.</summary>
    public string? FileName { get; private set; }

    /// <summary>Hash of the file's content.</summary>
    public ContentHash Hash { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Size => _staged?.Length ?? 0;

    /// <summary>A field's text, the first where it is given more than once, or null.</summary>
    public string? this[string field] => _fields.GetValueOrDefault(field)?[0];

    /// <summary>Whether there is a file; it may be empty.</summary>
    public bool HasFile => _staged is not null;

    /// <summary>All texts of a field, in order.</summary>
    public IReadOnlyList<string> All(string field) => _fields.GetValueOrDefault(field) ?? [];

    /// <summary>Reads a form; null where the body is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fileField">The field that holds the file.</param>
    /// <param name="stagingFolder">Where the file waits.</param>
    public static async Task<UploadForm?> ReadAsync(HttpRequest request, string fileField, string stagingFolder)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary)
        {
            return null;
        }
        var form = new UploadForm();
        try
        {
            await form.ReadPartsAsync(new MultipartReader(boundary.ToString(), request.Body), fileField, stagingFolder, request.HttpContext.RequestAborted);
            return form;
        }
        catch (Exception broken) when (broken is InvalidDataException || (broken is IOException and not BadHttpRequestException))
        {
            await form.DisposeAsync();
            throw new RequestRefusedException("invalid_form", "The form data is broken", broken.Message);
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }
    }

    /// <summary>The file's content from its beginning.</summary>
    public Stream OpenContent()
    {
        _staged!.Position = 0;
        return _staged;
    }

    /// <summary>Removes the waiting file.</summary>
    public ValueTask DisposeAsync() => _staged?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ReadPartsAsync(MultipartReader reader, string fileField, string stagingFolder, CancellationToken cancel)
    {
        var parts = 0;
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (++parts > MostParts)
                throw new InvalidDataException($"the form has more than {MostParts} parts");
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                continue;
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            if (!disposition.IsFileDisposition() && disposition.FileName.Length == 0)
                Add(name, await ReadTextAsync(section.Body, name, cancel));
            else if (name == fileField && _staged is null)
                await StageAsync(disposition, section.Body, stagingFolder, cancel);
        }
    }

    private void Add(string name, string text)
    {
        if (!_fields.TryGetValue(name, out var texts))
            _fields.Add(name, texts = []);
        texts.Add(text);
    }

    private async Task StageAsync(ContentDispositionHeaderValue disposition, Stream body, string folder, CancellationToken cancel)
    {
        var named = disposition.FileNameStar.Length > 0 ? disposition.FileNameStar : disposition.FileName;
        FileName = HeaderUtilities.RemoveQuotes(named).ToString();
        _staged = new FileStream(
            Path.Combine(folder, $"farm-upload-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await using var hashing = new HashingStream(_staged);
        await body.CopyToAsync(hashing, BufferSize, cancel);
        await _staged.FlushAsync(cancel);
        Hash = hashing.Hash;
    }

    private static async Task<string> ReadTextAsync(Stream body, string name, CancellationToken cancel)
    {
        using var reader = new StreamReader(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false));
        var text = new StringBuilder();
        var buffer = new char[4096];
        for (int read; (read = await reader.ReadAsync(buffer, cancel)) > 0;)
        {
            text.Append(buffer, 0, read);
            if (text.Length > LongestField)
                throw RequestRefusedException.Field(name, $"must not be longer than {LongestField} characters");
        }
        return text.ToString();
    }
}
