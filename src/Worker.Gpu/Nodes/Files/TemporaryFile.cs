namespace Farm.Worker.Nodes;

/// <summary>The name of a file that goes with this object.</summary>
internal sealed class TemporaryFile : IDisposable
{
    /// <summary>Where it is, once something wrote it.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"farm-{Guid.NewGuid():N}");

    /// <summary>A file with the bytes of a stream.</summary>
    public static TemporaryFile Of(Stream content)
    {
        var file = new TemporaryFile();
        try
        {
            using var copy = File.Create(file.Path);
            content.CopyTo(copy);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => File.Delete(Path);
}
