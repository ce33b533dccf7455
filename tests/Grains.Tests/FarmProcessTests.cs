using Farm.Clustering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Farm.Grains.Tests;

/// <summary>What the farm's programs have in common.</summary>
public sealed class FarmProcessTests
{
    [Fact]
    public void ReadingOnce_FilesOfOptions_AreNotWatchedAndArgumentsHold()
    {
        var builder = Host.CreateApplicationBuilder(FarmProcess.ReadingOnce(["--Farm:Data:Root=here"])).AddFarmConfiguration("grains.json");

        var files = builder.Configuration.Sources.OfType<FileConfigurationSource>().ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.False(file.ReloadOnChange, file.Path));
        Assert.Equal("here", builder.Configuration["Farm:Data:Root"]);
    }
}
