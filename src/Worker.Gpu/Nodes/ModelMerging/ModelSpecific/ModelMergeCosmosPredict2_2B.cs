namespace Farm.Worker.Nodes;

/// <summary>Two Cosmos Predict2 2B models' weights mixed, block by block.</summary>
internal sealed class ModelMergeCosmosPredict2_2B : BlockMerge
{
    protected override string Name => "ModelMergeCosmosPredict2_2B";

    protected override IEnumerable<string> Parts => ["pos_embedder.", "x_embedder.", "t_embedder.", "t_embedding_norm.", .. Numbered("blocks.", 28), "final_layer."];
}
