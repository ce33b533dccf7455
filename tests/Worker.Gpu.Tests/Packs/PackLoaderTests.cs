using Farm.Nodes;
using Farm.Worker.Packs;
using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Packs;

/// <summary>Packs from a folder, good and bad ones.</summary>
public sealed class PackLoaderTests : IDisposable
{
    private readonly PackFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void Load_MissingRoot_HoldsNothing()
    {
        Directory.Delete(_folders.Root);

        var packs = _folders.Load();

        Directory.CreateDirectory(_folders.Root);
        Assert.Empty(packs.Types);
        Assert.Empty(packs.Errors);
    }

    [Fact]
    public void Load_PackWithOwnCopyOfTheSdk_SharesTheWorkersTypes()
    {
        var folder = _folders.Add("testing-pack", "mine");
        File.Copy(typeof(NodeClass).Assembly.Location, Path.Combine(folder, "Farm.Nodes.Sdk.dll"));

        var type = _folders.Load().Types.Single(type => type.Definition.ClassType == "StubInt");

        Assert.Equal("custom_nodes.mine", type.Definition.PythonModule);
        Assert.NotEqual(typeof(NodeClass).Assembly, type.Create().GetType().Assembly);
        Assert.Equal("mine", System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(type.Create().GetType().Assembly)!.Name);
    }

    [Fact]
    public void Load_TwoCopiesOfAPack_ReportsTheSecondsClassNames()
    {
        _folders.Add("testing-pack", "a");
        _folders.Add("testing-pack", "b");

        var packs = _folders.Load();

        Assert.Equal(52, packs.Types.Length);
        Assert.Equal(52, packs.Errors.Length);
        Assert.Contains("b: class Farm.TestNodes.Stubs.StubInt: the class name StubInt is taken by pack a", packs.Errors);
    }

    [Theory]
    [InlineData("ConstructorThrows", "InvalidOperationException: no such luck")]
    [InlineData("ConstructorAsksTooMuch", "Unable to resolve service for type 'Farm.BrokenPack.Good'")]
    [InlineData("StaticConstructorThrows", "The type initializer for 'Farm.BrokenPack.StaticConstructorThrows' threw an exception. IndexOutOfRangeException")]
    [InlineData("DefineLoops", "its constructor and definition took longer than 0.5 seconds")]
    [InlineData("NoName", "class_type: '' is no name")]
    [InlineData("OptionIsNaN", "options of input value: no valid JSON")]
    [InlineData("InputTwice", "input value is declared twice")]
    [InlineData("TooLarge", "characters; at most 1000000 are taken")]
    [InlineData("GoodAgain", "the class name BrokenPackGood is taken by pack broken")]
    [InlineData("TakesBuiltInName", "the class name BuiltInName is taken by the worker")]
    public void Load_BrokenClass_IsReportedAndLeavesTheRest(string name, string reason)
    {
        var packs = PackFolders.Broken.Value;

        Assert.Contains(packs.Errors, error => error.StartsWith($"broken: class Farm.BrokenPack.{name}: ", StringComparison.Ordinal) && error.Contains(reason, StringComparison.Ordinal));
        Assert.Contains(packs.Types, type => type.Definition.ClassType == "BrokenPackGood");
        Assert.DoesNotContain(packs.Types, type => type.Definition.ClassType == name);
    }

    [Fact]
    public void Load_BrokenPacks_AreReportedAndLeaveTheOthers()
    {
        _folders.Add("testing-pack", "good");
        Directory.CreateDirectory(Path.Combine(_folders.Root, "empty"));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folders.Root, "noise")).FullName, "noise.dll"), "not an assembly");
        File.Delete(Path.Combine(_folders.Add("dependency", "lacking"), "System.CommandLine.dll"));
        File.WriteAllText(Path.Combine(_folders.Add("testing-pack", "garbled"), "Farm.TestNodes.deps.json"), "{");
        var twins = _folders.Add("testing-pack", "twins");
        File.Copy(Path.Combine(twins, "Farm.TestNodes.dll"), Path.Combine(twins, "Twin.dll"));
        File.Copy(Path.Combine(twins, "Farm.TestNodes.deps.json"), Path.Combine(twins, "Twin.deps.json"));

        var packs = _folders.Load();

        Assert.Equal(52, packs.Types.Length);
        Assert.All(packs.Types, type => Assert.Equal("custom_nodes.good", type.Definition.PythonModule));
        Assert.Equal(["empty", "garbled", "lacking", "noise", "twins"], packs.Errors.Select(error => error.Split(':')[0]));
        Assert.Contains("empty: its folder holds no .dll", packs.Errors);
        Assert.Contains("twins: its folder holds 2 assemblies with a .deps.json; a pack is one", packs.Errors);
        Assert.Contains(packs.Errors, error => error.StartsWith("lacking: ", StringComparison.Ordinal) && error.Contains("System.CommandLine", StringComparison.Ordinal));
        Assert.Contains(packs.Errors, error => error.StartsWith("noise: no .NET assembly", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_PackWithLibraryOfItsOwn_FindsIt()
    {
        _folders.Add("dependency", "complete");

        var packs = _folders.Load();

        Assert.Empty(packs.Errors);
        Assert.Equal("NeedsLibrary", Assert.Single(packs.Types).Definition.ClassType);
    }

    [Fact]
    public void Load_MoreThanTheLimits_ReportsTheRest()
    {
        _folders.Add("dependency", "a");
        _folders.Add("dependency", "b");
        (_folders.Options.MaxPacks, _folders.Options.MaxClassesPerPack) = (1, 1);

        Assert.Equal(["b: not loaded: Farm:Worker:Packs:MaxPacks is 1"], _folders.Load().Errors);

        using var many = new PackFolders { Options = { MaxClassesPerPack = 51 } };
        many.Add("testing-pack", "many");
        Assert.Equal(["many: it has 52 node classes; at most 51 are loaded"], many.Load().Errors);
    }

    [Fact]
    public void Options_OutOfRange_NameTheOptionAndTheRule()
    {
        var result = new PackOptionsValidator().Validate(null, new PackOptions { MaxPacks = -1, ValidateTimeout = TimeSpan.Zero });

        Assert.Equal(
            ["Farm:Worker:Packs:MaxPacks is -1; it must be 0 or more.", "Farm:Worker:Packs:ValidateTimeout is 00:00:00; it must be between 0 and 10 minutes."],
            result.Failures);
        Assert.Same(ValidateOptionsResult.Success, new PackOptionsValidator().Validate(null, new PackOptions()));
    }
}
