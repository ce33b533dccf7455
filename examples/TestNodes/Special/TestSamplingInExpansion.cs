namespace Farm.TestNodes.Special;

/// <summary>A whole text-to-image graph inside one node; the models go into it as values.</summary>
internal sealed class TestSamplingInExpansion : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestSamplingInExpansion), "Sampling In Expansion").In("Testing/Nodes").Expands()
        .Input("model", "MODEL")
        .Input("clip", "CLIP")
        .Input("vae", "VAE")
        .Int("seed", 0, 0, ulong.MaxValue)
        .Int("steps", 20, 1, 100)
        .Float("cfg", 7, 0, 30)
        .Input("prompt", "STRING", input => input.Set("multiline", true).Set("default", "a beautiful landscape with mountains and trees"))
        .Input("negative_prompt", "STRING", input => input.Set("multiline", true).Set("default", "blurry, bad quality, worst quality"))
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var graph = call.Context.NewGraph();
        var positive = Encode(graph, call, "prompt");
        var negative = Encode(graph, call, "negative_prompt");
        var latent = graph.Add("EmptyLatentImage").Set("width", 512L).Set("height", 512L).Set("batch_size", 1L);
        var samples = graph.Add("KSampler")
            .Set("model", call.Value("model")).Set("positive", positive.Out()).Set("negative", negative.Out())
            .Set("latent_image", latent.Out()).Set("seed", call.Value("seed")).Set("steps", call.Value("steps"))
            .Set("cfg", call.Value("cfg")).Set("sampler_name", "euler_ancestral").Set("scheduler", "normal");
        var image = graph.Add("VAEDecode").Set("samples", samples.Out()).Set("vae", call.Value("vae"));
        return NodeResult.Expand(graph.Build(), image.Out());
    }

    private static GraphNode Encode(GraphBuilder graph, NodeCall call, string input) =>
        graph.Add("CLIPTextEncode").Set("text", call.Value(input)).Set("clip", call.Value("clip"));
}
