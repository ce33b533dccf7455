namespace Farm.BrokenPack;

internal abstract class TestNode(string name) : Node
{
    protected override void Define(NodeBuilder node) => node.Named(name).In("tests").OutputNode().Output("INT");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(1L);
}

internal sealed class Good() : TestNode("BrokenPackGood");

internal sealed class GoodAgain() : TestNode("BrokenPackGood");

internal sealed class TakesBuiltInName() : TestNode("BuiltInName");

internal sealed class ConstructorThrows : TestNode
{
    public ConstructorThrows() : base(nameof(ConstructorThrows)) => throw new InvalidOperationException("no such luck");
}

internal sealed class ConstructorAsksTooMuch(Good unknownService) : TestNode(unknownService.GetType().Name);

internal sealed class StaticConstructorThrows() : TestNode(Name)
{
    private static readonly string Name = ((string[])[])[0];
}

internal sealed class DefineLoops : Node
{
    protected override void Define(NodeBuilder node)
    {
        while (!Loops.End)
        {
        }
    }

    protected override NodeResult? Run(NodeCall call) => null;
}

internal sealed class NoName() : TestNode("");

internal sealed class OptionIsNaN : Node
{
    protected override void Define(NodeBuilder node) => node.Named(nameof(OptionIsNaN)).Float("value", double.NaN);

    protected override NodeResult? Run(NodeCall call) => null;
}

internal sealed class InputTwice : Node
{
    protected override void Define(NodeBuilder node) => node.Named(nameof(InputTwice)).Int("value").Float("value");

    protected override NodeResult? Run(NodeCall call) => null;
}

internal sealed class TooLarge : Node
{
    protected override void Define(NodeBuilder node) => node.Named(nameof(TooLarge)).Combo("choice", Enumerable.Repeat("one of very many", 100_000));

    protected override NodeResult? Run(NodeCall call) => null;
}

/// <summary>What endless loops look at, so that a test can end with them.</summary>
internal static class Loops
{
    /// <summary>Whether the test is over.</summary>
    public static bool End => IsSet("Farm.BrokenPack.End");

    /// <summary>The same for validators.</summary>
    public static bool EndValidators => IsSet("Farm.BrokenPack.EndValidators");

    private static bool IsSet(string name) => AppContext.TryGetSwitch(name, out var end) && end;
}
