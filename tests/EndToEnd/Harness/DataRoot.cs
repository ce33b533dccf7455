namespace Farm.EndToEnd.Harness;

/// <summary>A data root of a test's own; a farm started on it has an empty folder beside it as its working folder.</summary>
public sealed class DataRoot : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("farm-e2e-");

    public DataRoot() => Directory.CreateDirectory(WorkingFolder);

    public string Path => System.IO.Path.Combine(_folder.FullName, "data");

    public string WorkingFolder => System.IO.Path.Combine(_folder.FullName, "work");

    public string Output => System.IO.Path.Combine(Path, "output");

    public void Dispose() => _folder.Delete(recursive: true);
}
