using Xunit;

namespace Farm.Architecture.Tests;

/// <summary>Who may reference what: the tables of docs/architecture.md.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Worlds = ["Orleans", "Microsoft.EntityFrameworkCore", "TorchSharp", "Yarp", "Amazon", "SkiaSharp"];

    [Theory]
    [InlineData("Contracts", "")]
    [InlineData("Storage", "")]
    [InlineData("Nodes.Sdk", "Contracts")]
    [InlineData("Engine", "")]
    [InlineData("Clustering", "Storage")]
    [InlineData("Hosting", "")]
    [InlineData("Gateway", "Clustering Hosting Contracts Storage")]
    [InlineData("Grains", "Clustering Hosting Contracts Storage")]
    [InlineData("Worker.Gpu", "Clustering Hosting Contracts Storage Nodes.Sdk Engine")]
    [InlineData("Standalone", "Gateway Grains Worker.Gpu Clustering Hosting Contracts Storage Nodes.Sdk Engine")]
    public void Project_References_AreAmongTheAllowed(string project, string allowed) =>
        Assert.Subset(allowed.Split(' ').ToHashSet(StringComparer.Ordinal), Repository.References($"src/{project}", "ProjectReference").ToHashSet(StringComparer.Ordinal));

    [Theory]
    [InlineData("Contracts", "Orleans")]
    [InlineData("Storage", "Amazon")]
    [InlineData("Nodes.Sdk", "")]
    [InlineData("Engine", "TorchSharp")]
    [InlineData("Clustering", "Orleans")]
    [InlineData("Hosting", "")]
    [InlineData("Gateway", "Orleans Yarp SkiaSharp")]
    [InlineData("Grains", "Orleans Microsoft.EntityFrameworkCore")]
    [InlineData("Worker.Gpu", "Orleans TorchSharp SkiaSharp")]
    [InlineData("Standalone", "Orleans")]
    public void Sources_UsedWorlds_AreTheProjectsOwn(string project, string allowed)
    {
        var foreign = Worlds.Except(allowed.Split(' '), StringComparer.Ordinal);
        Assert.Empty(Uses($"src/{project}", foreign));
    }

    [Theory]
    [InlineData("Contracts", "Microsoft.Orleans.Sdk")]
    [InlineData("Grains", "Microsoft.Orleans.Server")]
    [InlineData("Gateway", "Microsoft.Orleans.Client")]
    [InlineData("Worker.Gpu", "Microsoft.Orleans.Server")]
    public void Packages_OfOrleans_AreThePartTheProjectNeeds(string project, string package) =>
        Assert.Equal([package], Repository.References($"src/{project}", "PackageReference").Where(id => id.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)));

    [Fact]
    public void Gateway_ImageCodec_IsOne() =>
        Assert.Equal(["SkiaSharp"], Repository.References("src/Gateway", "PackageReference").Where(id => id is "SkiaSharp" or "NetVips" or "SixLabors.ImageSharp"));

    [Fact]
    public void Execution_Sources_AreTorchFree() => Assert.Empty(Uses("src/Worker.Gpu/Execution", ["TorchSharp", "Farm.Engine", "Farm.Worker.Nodes"]));

    [Fact]
    public void Engine_Sources_KnowNothingOfTheFarm() =>
        Assert.Empty(Uses("src/Engine", ["Farm.Contracts", "Farm.Storage", "Farm.Nodes", "Farm.Grains", "Farm.Gateway", "Farm.Worker", "Microsoft.AspNetCore", "System.Net"]));

    [Fact]
    public void Projects_LockFiles_AreCommitted()
    {
        var projects = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/artifacts/", StringComparison.Ordinal)).Select(path => Path.GetDirectoryName(path)!);
        Assert.All(projects, folder => Assert.True(File.Exists(Path.Combine(folder, "packages.lock.json")), $"{folder} has no packages.lock.json"));
    }

    private static IEnumerable<string> Uses(string folder, IEnumerable<string> spaces) =>
        from source in Repository.Sources(folder)
        from space in spaces
        from line in Repository.LinesNaming(source, space)
        select $"{Path.GetRelativePath(Repository.Root, source)}: {line.Trim()}";
}
