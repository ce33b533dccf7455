using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes encoded training pairs to a folder of the output folder.</summary>
internal sealed class SaveTrainingDataset : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SaveTrainingDataset", "Save Training Dataset").In("dataset").Module("comfy_extras.nodes_dataset")
        .InputIsList().OutputNode().Experimental()
        .Input("latents", "LATENT")
        .Input("conditioning", "CONDITIONING")
        .String("folder_name", "training_dataset")
        .Int("shard_size", 1000, 1, 100000, options: o => o.Advanced())
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult? Run(NodeCall call)
    {
        var (latents, conditionings) = (call.List<Latent>("latents"), call.List<object?>("conditioning").Select(Whole).ToList());
        if (latents.Count != conditionings.Count)
            throw NodeFailedException.ValueError($"conditioning: {conditionings.Count} for {latents.Count} latents");
        var folder = call.List<string>("folder_name")[0];
        var number = TrainingShards.Among(DatasetFolder.Files(call, "folder_name", folder, NodeFolder.Output)).Select(shard => shard.Number).LastOrDefault();
        var progress = call.Context.StartProgress(latents.Count);
        foreach (var pairs in latents.Zip(conditionings).Chunk((int)call.List<long>("shard_size")[0]))
        {
            number = TrainingShards.WriteAsync(call, folder, number, pairs).GetAwaiter().GetResult();
            progress.Advance(pairs.Length);
        }
        return NodeResult.Of();
    }

    /// <summary>A resolution bucket gives the entries of several conditionings as a list.</summary>
    private static Conditioning Whole(object? value) => value switch
    {
        Conditioning conditioning => conditioning,
        IReadOnlyList<object?> entries when entries.All(entry => entry is ConditioningItem) => new Conditioning([.. entries.Cast<ConditioningItem>()]),
        _ => throw NodeFailedException.TypeError($"conditioning: a conditioning is expected, not '{PythonValue.TypeName(value)}'"),
    };
}
