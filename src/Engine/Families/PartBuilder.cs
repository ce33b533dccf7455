using Farm.Engine.Memory;
using Farm.Engine.Models.Clip;
using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Sampling;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Families;

/// <summary>Builds the parts that families are made of, over slots of the model memory.</summary>
/// <param name="fileName">For reports.</param>
/// <param name="memory">Where the parts are loaded.</param>
/// <param name="precision">What they compute in.</param>
/// <param name="embeddings">Embedding files for the text; null for none.</param>
internal sealed class PartBuilder(string fileName, ModelMemory memory, ComputePrecision precision, ITextEmbeddings? embeddings)
{
    /// <summary>The compute types for a denoising network stored in this type.</summary>
    public ComputeTypes TypesFor(ScalarType stored) => ComputeTypes.Choose(precision, memory.Device.type, stored);

    /// <summary>A denoising UNet.</summary>
    public DiffusionModel UNet(StateDict weights, UNetConfig config, ModelSampling sampling, LatentFormat format)
    {
        var type = TypesFor(weights.MainType).Diffusion;
        return new DiffusionModel(Slot("unet", weights, type, loaded => new UNet2DConditionModel(config, loaded)), sampling, format, type);
    }

    /// <summary>A text side of one CLIP encoder under transformers' keys, with or without <c>text_model.</c> before them; null when there is none.</summary>
    public ITextEncoder? Clip(string encoder, StateDict weights, ClipActivation activation)
    {
        var inner = weights.HasPrefix("text_model.") ? weights.Under("text_model.") : weights;
        if (!inner.TryFind("embeddings.token_embedding.weight", out var tokens)) return null;
        var slot = Slot("clip", inner, TypesFor(inner.MainType).Text, loaded => new CLIPTextModel(loaded, activation));
        return new ClipTextEncoder(slot, new ClipTextTokenizer(encoder, tokens.Shape[^1], Embeddings: embeddings));
    }

    /// <summary>An autoencoder; null when there is none.</summary>
    public VaeModel? Vae(StateDict weights)
    {
        if (!weights.TryFind("decoder.conv_in.weight", out var input) || input.Shape.Count != 4) return null;
        var type = TypesFor(weights.MainType).Vae;
        var levels = Enumerable.Range(0, int.MaxValue).TakeWhile(level => weights.HasPrefix($"decoder.up.{level}.")).Count();
        if (levels is < 1 or > 8) throw new WeightsFormatException($"the VAE has {levels} levels under {weights.Prefix}decoder.up; 1 to 8 make sense");
        return new VaeModel(Slot("vae", weights, type, loaded => new AutoencoderKL(loaded)), type, (int)input.Shape[1], 1 << (levels - 1));
    }

    /// <summary>A slot whose network is wired once over the mapped file right away, which costs no memory and finds what is missing or misshapen.</summary>
    private ModelSlot<T> Slot<T>(string part, StateDict weights, ScalarType type, Func<NetworkWeights, T> wire) where T : class, IDisposable
    {
        Wire(new NetworkWeights(weights, type: null, CPU), wire).Dispose();
        return new ModelSlot<T>(
            memory, $"{weights.Identity}|{type}", $"{fileName} {part}", weights.BytesAt(SafetensorsHeader.SizeOf(type)), () => Wire(new NetworkWeights(weights, type, memory.Device), wire));
    }

    private static T Wire<T>(NetworkWeights weights, Func<NetworkWeights, T> wire)
    {
        try
        {
            return wire(weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }
}
