using System.CommandLine;

namespace Farm.BrokenPack.Dependency;

/// <summary>A node that cannot be loaded without System.CommandLine.</summary>
internal sealed class NeedsLibrary : Node
{
    private readonly Option<string> _option = new("--text");

    protected override void Define(NodeBuilder node) => node.Named(nameof(NeedsLibrary)).In("tests").Output("STRING");

    protected override NodeResult Run(NodeCall call) => NodeResult.Of(_option.Name);
}
