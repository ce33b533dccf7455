namespace Farm.OptionsCatalog;

/// <summary>The working tree that the tool runs in.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution file.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Farm.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tool must run inside the repository.");
    }
}
