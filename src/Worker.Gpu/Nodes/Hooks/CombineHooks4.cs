namespace Farm.Worker.Nodes;

/// <summary>The hooks of 4 groups.</summary>
internal sealed class CombineHooks4 : HookCombination
{
    protected override int Count => 4;
}
