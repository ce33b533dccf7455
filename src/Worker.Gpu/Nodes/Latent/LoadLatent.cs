using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Reads an uploaded latent.</summary>
internal sealed class LoadLatent : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoadLatent", "LoadLatent").In("_for_testing").Module("nodes")
        .FileCombo("latent", "input", mustExist: true)
        .Output("LATENT");

    /// <inheritdoc />
    public async ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        await call.Context.Files.HashAsync(call.Get<string>("latent"), cancel: cancel);

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(new Latent(LatentFiles.Load(call, call.Get<string>("latent"))));
}
