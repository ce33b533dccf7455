using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Whether the rows of a batch get noise of their own or all the same.</summary>
internal sealed class LatentBatchSeedBehavior : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentBatchSeedBehavior").In("latent/advanced").Module("comfy_extras.nodes_latent")
        .Input("samples", "LATENT")
        .Combo("seed_behavior", ["random", "fixed"], "fixed")
        .Output("LATENT");

    protected override NodeResult? Run(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        if (call.Get<string>("seed_behavior") == "random") return NodeResult.Of(latent with { BatchIndex = null });
        var place = latent.BatchIndex is [var first, ..] ? first : 0;
        return NodeResult.Of(latent with { BatchIndex = [.. Enumerable.Repeat(place, (int)latent.Samples.shape[0])] });
    }
}
