namespace Farm.Worker.Nodes;

/// <summary>The hooks of 2 groups.</summary>
internal sealed class CombineHooks2 : HookCombination
{
    protected override int Count => 2;
}
