namespace Farm.Worker.Nodes;

/// <summary>Two Flux.1 models' weights mixed, block by block.</summary>
internal sealed class ModelMergeFlux1 : BlockMerge
{
    protected override string Name => "ModelMergeFlux1";

    protected override IEnumerable<string> Parts => ["img_in.", "time_in.", "guidance_in", "vector_in.", "txt_in.", .. Numbered("double_blocks.", 19), .. Numbered("single_blocks.", 38), "final_layer."];
}
