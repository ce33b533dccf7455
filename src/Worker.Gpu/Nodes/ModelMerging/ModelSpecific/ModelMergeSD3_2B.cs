namespace Farm.Worker.Nodes;

/// <summary>Two SD3 models' weights mixed, block by block.</summary>
internal sealed class ModelMergeSD3_2B : BlockMerge
{
    protected override string Name => "ModelMergeSD3_2B";

    protected override IEnumerable<string> Parts => ["pos_embed.", "x_embedder.", "context_embedder.", "y_embedder.", "t_embedder.", .. Numbered("joint_blocks.", 24), "final_layer."];
}
