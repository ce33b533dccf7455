namespace Farm.Deploy.Tests;

/// <summary>The files as they lie in the repository.</summary>
internal static class Repository
{
    /// <summary>The folder with Farm.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Farm.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"no Farm.sln above {AppContext.BaseDirectory}");
    }
}
