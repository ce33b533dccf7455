using System.Collections.Immutable;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>One of some texts that the user sets up, and its place. The frontend keeps the texts in inputs of its own.</summary>
internal sealed class CustomCombo : Node, IValidatedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("CustomCombo", "Custom Combo").In("utils").Module("comfy_extras.nodes_logic")
        .Experimental().AcceptsAllInputs()
        .Combo("choice", [])
        .Output("STRING")
        .Output("INT", "INDEX");

    public ImmutableArray<string> ValidatedInputs => ["*"];

    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) => new(InputVerdict.Valid);

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Get<string>("choice"), call.Get("index", 0L));
}
