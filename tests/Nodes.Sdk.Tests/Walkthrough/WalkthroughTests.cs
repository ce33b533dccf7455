using System.Reflection;
using Studio.Pack;
using Xunit;

namespace Farm.Nodes.Sdk.Tests.Walkthrough;

/// <summary>The example of docs/adding-a-node.md is real.</summary>
public sealed class WalkthroughTests
{
    [Fact]
    public void Example_InTheDocument_IsTheCodeTestedHere()
    {
        var root = Root();
        var code = File.ReadAllText(Path.Combine(root, "tests/Nodes.Sdk.Tests/Walkthrough/RepeatText.cs"));
        Assert.Contains(code.Trim(), File.ReadAllText(Path.Combine(root, "docs/adding-a-node.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Example_IsFoundInItsAssembly()
    {
        var type = Assert.Single(NodeType.FromAssembly(Assembly.GetExecutingAssembly(), t => (NodeClass)Activator.CreateInstance(t)!));
        Assert.Equal("StudioRepeatText", type.Definition.ClassType);
    }

    [Fact]
    public void Example_Runs()
    {
        var call = new NodeCall(null!, ["text", "times", "joined_by"], ["a", 3L, "line"]);
        Assert.Equal(["a\na\na"], new RepeatText().Invoke(call)!.Values);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Farm.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }
}
