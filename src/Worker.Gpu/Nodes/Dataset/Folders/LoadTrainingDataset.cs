using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The encoded training pairs of a folder of the output folder, as two lists.</summary>
internal sealed class LoadTrainingDataset : TensorNode, IFingerprintedNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LoadTrainingDataset", "Load Training Dataset").In("dataset").Module("comfy_extras.nodes_dataset")
        .Experimental()
        .String("folder_name", "training_dataset")
        .Output("LATENT", "latents", isList: true)
        .Output("CONDITIONING", "conditioning", isList: true);

    /// <inheritdoc />
    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel) =>
        DatasetFolder.FingerprintAsync(call, call.Get<string>("folder_name"), NodeFolder.Output, cancel);

    protected override NodeResult Compute(NodeCall call)
    {
        var folder = call.Get<string>("folder_name");
        var shards = TrainingShards.Among(DatasetFolder.Files(call, "folder_name", folder, NodeFolder.Output));
        if (shards.Count == 0) throw NodeFailedException.ValueError($"folder_name: there is no shard of training pairs in '{folder}'");
        var progress = call.Context.StartProgress(shards.Count);
        var (latents, conditionings, elements) = (new List<object?>(), new List<object?>(), 0L);
        foreach (var (name, _) in shards)
        {
            foreach (var (latent, conditioning) in TrainingShards.Read(call, $"{folder}/{name}"))
            {
                TensorMemory.Require(elements += latent.Samples.NumberOfElements);
                latents.Add(latent);
                conditionings.Add(conditioning);
            }
            progress.Advance();
        }
        return NodeResult.Of(latents.ToArray(), conditionings.ToArray());
    }
}
