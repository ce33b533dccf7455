namespace Farm.StressPack;

/// <summary>Mixes its salt and its inputs into a number, after a wait during which other nodes run.</summary>
public sealed class StressMix(TimeProvider clock) : AsyncNode
{
    /// <summary>Inputs that one node takes at the most: <c>v1</c> to <c>v16</c>.</summary>
    public const int MaxInputs = 16;

    /// <inheritdoc />
    protected override void Define(NodeBuilder node)
    {
        node.Named("StressMix").In("stress").Int("salt", min: 0, max: int.MaxValue).Int("milliseconds", min: 0, max: 600_000).OptionalInputs();
        for (var i = 1; i <= MaxInputs; i++)
            node.Input($"v{i}", "INT");
        node.Output("INT");
    }

    /// <inheritdoc />
    protected override async ValueTask<NodeResult?> RunAsync(NodeCall call, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(call.Get<int>("milliseconds")), clock, cancel);
        var mixed = call.Get<long>("salt");
        for (var i = 1; i <= MaxInputs; i++)
            mixed = (mixed * 31 + call.Get($"v{i}", 0L) * 17 + 7) & int.MaxValue;
        return NodeResult.Of(mixed);
    }
}
