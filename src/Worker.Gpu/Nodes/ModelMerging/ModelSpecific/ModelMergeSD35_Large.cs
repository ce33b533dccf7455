namespace Farm.Worker.Nodes;

/// <summary>Two SD3.5 Large models' weights mixed, block by block.</summary>
internal sealed class ModelMergeSD35_Large : BlockMerge
{
    protected override string Name => "ModelMergeSD35_Large";

    protected override IEnumerable<string> Parts => ["pos_embed.", "x_embedder.", "context_embedder.", "y_embedder.", "t_embedder.", .. Numbered("joint_blocks.", 38), "final_layer."];
}
