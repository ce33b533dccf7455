using System.Collections.Immutable;
using Farm.Engine.Hooks;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as HOOKS.</summary>
/// <param name="Hooks">In order, each once.</param>
internal sealed record HookGroup(ImmutableArray<WeightHook> Hooks)
{
    /// <summary>The option that holds a conditioning's hooks.</summary>
    public const string Option = "hooks";

    /// <summary>No hooks.</summary>
    public static HookGroup None { get; } = new([]);

    /// <summary>The group of an input; none where it is not linked.</summary>
    public static HookGroup Of(NodeCall call, string input) => call.Get(input, None);

    /// <summary>The hooks of a conditioning; none by default.</summary>
    public static HookGroup Of(ConditioningItem item) => item.Options.GetValueOrDefault(Option) as HookGroup ?? None;

    /// <summary>The hooks of several inputs.</summary>
    public static HookGroup Joined(NodeCall call, params ReadOnlySpan<string> inputs)
    {
        var all = None;
        foreach (var input in inputs) all = all.With(Of(call, input).Hooks);
        return all;
    }

    /// <summary>These and others that are not among them.</summary>
    public HookGroup With(params IEnumerable<WeightHook> more) => new([.. Hooks.Concat(more).Distinct(ReferenceEqualityComparer.Instance).Cast<WeightHook>()]);
}
