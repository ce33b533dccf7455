using Farm.Engine.Models.Vae;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Encodes images and their captions to training pairs. Captions are one an image, one for all, or none, which is an empty one.</summary>
internal sealed class MakeTrainingDataset : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("MakeTrainingDataset", "Make Training Dataset").In("dataset").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("images", "IMAGE")
        .Input("vae", "VAE")
        .Input("clip", "CLIP")
        .OptionalInputs()
        .String("texts")
        .Output("LATENT", "latents", isList: true)
        .Output("CONDITIONING", "conditioning", isList: true);

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.List<Tensor>("images");
        var texts = Captions(call, images.Count);
        var vae = call.List<VaeModel>("vae")[0];
        var clip = CLIPTextEncode.Clip(call.List<object?>("clip")[0]);
        var latents = images.Select(image => (object?)new Latent(vae.Encode(image))).ToList();
        // A text that all images share is encoded once.
        var conditionings = texts.Distinct(StringComparer.Ordinal).ToDictionary(text => text, text => CLIPTextEncode.Encoded(clip, side => side.Encode(text)), StringComparer.Ordinal);
        return NodeResult.Of(latents, texts.Select(text => (object?)conditionings[text]).ToList());
    }

    private static IReadOnlyList<string> Captions(NodeCall call, int images)
    {
        IReadOnlyList<string> texts = call.Names.Contains("texts") ? call.List<string>("texts") : [];
        return texts.Count switch
        {
            0 => [.. Enumerable.Repeat("", images)],
            1 => [.. Enumerable.Repeat(texts[0], images)],
            var count when count == images => texts,
            var count => throw NodeFailedException.ValueError($"texts: {count} for {images} images; none, one or one an image are expected"),
        };
    }
}
