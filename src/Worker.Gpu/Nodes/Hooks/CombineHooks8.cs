namespace Farm.Worker.Nodes;

/// <summary>The hooks of 8 groups.</summary>
internal sealed class CombineHooks8 : HookCombination
{
    protected override int Count => 8;
}
