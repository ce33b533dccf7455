using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Passes one of two inputs on; only the chosen side is evaluated.</summary>
internal sealed class ComfySwitchNode : Node, ILazyNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ComfySwitchNode", "Switch").In("logic").Module("comfy_extras.nodes_logic")
        .Experimental()
        .Boolean("switch")
        .MatchInput("on_false", "switch", options: o => o.Lazy())
        .MatchInput("on_true", "switch", options: o => o.Lazy())
        .MatchOutput("switch", "output");

    public ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel)
    {
        var chosen = Chosen(call);
        return new(call.Value(chosen) is null ? [chosen] : []);
    }

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value(Chosen(call)));

    private static string Chosen(NodeCall call) => call.Get<bool>("switch") ? "on_true" : "on_false";
}
