using System.Text.Json;
using Farm.Gateway.Frontend;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Extensions;

/// <summary>Asks the real ComfyUI at <see cref="FrontendOptions.ComfyServer"/>, where there is one, which scripts its node packs bring.</summary>
internal sealed partial class ComfyScripts(IOptions<FrontendOptions> options, ILogger<ComfyScripts> logger) : IDisposable
{
    /// <summary>Scripts of a frontend build itself: the page has those of its own build.</summary>
    private const string Core = PageScripts.Root + "core/";

    /// <summary>Far more than any list of paths.</summary>
    private const long LargestList = 4 * 1024 * 1024;

    private readonly HttpClient _client = new() { Timeout = options.Value.ComfyPatience, MaxResponseContentBufferSize = LargestList };

    /// <summary>Their paths; none where the server cannot be reached, so that the page starts without them.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancel)
    {
        if (options.Value.ComfyServer is not { Length: > 0 } server)
            return [];
        try
        {
            var listed = await _client.GetByteArrayAsync(new Uri(server.TrimEnd('/') + "/extensions"), cancel);
            return [.. (JsonSerializer.Deserialize<string?[]>(listed) ?? []).OfType<string>().Where(IsOfAPack)];
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            NotListed(logger, server, failure);
            return [];
        }
    }

    private static bool IsOfAPack(string path) => path.StartsWith(PageScripts.Root, StringComparison.Ordinal) && !path.StartsWith(Core, StringComparison.Ordinal);

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ComfyUI at {Server} did not tell its pages' scripts; pages start without them")]
    private static partial void NotListed(ILogger logger, string server, Exception failure);
}
