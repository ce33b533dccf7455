namespace Farm.Worker.Nodes;

/// <summary>Two Mochi models' weights mixed, block by block.</summary>
internal sealed class ModelMergeMochiPreview : BlockMerge
{
    protected override string Name => "ModelMergeMochiPreview";

    protected override IEnumerable<string> Parts => ["pos_frequencies.", "t_embedder.", "t5_y_embedder.", "t5_yproj.", .. Numbered("blocks.", 48), "final_layer."];
}
