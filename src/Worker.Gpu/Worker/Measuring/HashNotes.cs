using System.Collections.Concurrent;
using System.Text.Json;
using Farm.Storage;

namespace Farm.Worker;

/// <summary>A file as it was when it was hashed.</summary>
/// <param name="Name">Whose it is, its area and path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was last written, in milliseconds since 1970.</param>
internal sealed record HashNote(string Name, long Size, long ModifiedAt);

/// <summary>
/// Hashes of model files, on disk beside the data, so that they are read once and not once a start. Workers of one data root share the file; one
/// that writes over another's note costs a reading.
/// </summary>
internal sealed class HashNotes(DataFolders folders, ILogger<HashNotes> logger)
{
    private const int MaxNotes = 10_000;

    private readonly Lock _writing = new();
    private readonly Lazy<ConcurrentDictionary<string, Noted>> _notes = new(() => new ConcurrentDictionary<string, Noted>(Read(PathIn(folders), logger), StringComparer.Ordinal));

    /// <summary>The hash of a file; null when it was not read since it changed.</summary>
    public string? Find(HashNote file) =>
        _notes.Value.TryGetValue(file.Name, out var noted) && noted.Size == file.Size && noted.ModifiedAt == file.ModifiedAt ? noted.Hash : null;

    /// <summary>Notes a file's hash. That it cannot be written costs a reading after the next start.</summary>
    public void Add(HashNote file, string hash)
    {
        _notes.Value[file.Name] = new Noted(file.Size, file.ModifiedAt, hash);
        lock (_writing)
        {
            try
            {
                foreach (var (name, noted) in Read(PathIn(folders), logger)) _notes.Value.TryAdd(name, noted);
                foreach (var name in _notes.Value.Keys.Skip(MaxNotes).ToArray()) _notes.Value.TryRemove(name, out _);
                var path = PathIn(folders);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var written = $"{path}.{Environment.ProcessId}";
                File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(_notes.Value));
                File.Move(written, path, overwrite: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                logger.NotesLost(error.Message);
            }
        }
    }

    private static string PathIn(DataFolders folders) => Path.Combine(folders.Private, "model-hashes.json");

    private static Dictionary<string, Noted> Read(string path, ILogger logger)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, Noted>>(File.ReadAllBytes(path)) ?? [] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            logger.NotesLost(error.Message);
            return [];
        }
    }

    private sealed record Noted(long Size, long ModifiedAt, string Hash);
}
