using Farm.Engine.Memory;
using Farm.Engine.Merging;
using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Control;
using Farm.Engine.Models.Gligen;
using Farm.Engine.Models.Hypernetworks;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.Style;
using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Upscalers;
using Farm.Engine.Models.Vae;
using Farm.Engine.Models.Vision;
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
/// <param name="storage">What the denoising network's weights are kept as.</param>
internal sealed class PartBuilder(string fileName, ModelMemory memory, ComputePrecision precision, ITextEmbeddings? embeddings, WeightStorage storage = WeightStorage.Default)
{
    private const string Difference = "difference";
    private const string TextModel = "text_model.";
    private const int FirstTextWidth = 768;
    private const int FirstHeads = 8;
    private const int StyleHeads = 8;
    private const int MaxTinyLayers = 64;

    /// <summary>The compute types for a denoising network stored in this type.</summary>
    public ComputeTypes TypesFor(ScalarType stored) => ComputeTypes.Choose(precision, memory.Device.type, stored);

    /// <summary>A denoising UNet.</summary>
    public DiffusionModel UNet(StateDict weights, UNetConfig config, ModelSampling sampling, LatentFormat format, IConditioningRules? rules = null)
    {
        var type = TypesFor(weights.MainType).Diffusion;
        return new DiffusionModel(Part("unet", weights, type, loaded => new UNet2DConditionModel(config, loaded), storage: Float8.Of(storage, weights.MainType)), config, type)
        {
            Sampling = sampling,
            LatentFormat = format,
            Rules = rules ?? ConditioningRules.TextOnly,
        };
    }

    /// <summary>One CLIP encoder in transformers' layout (with or without <c>text_model.</c>) or OpenCLIP's; null when there is none.</summary>
    public ClipTextEncoder? Clip(string encoder, StateDict weights, ClipActivation activation, int padding = ClipTokenizer.End)
    {
        var inner = OpenClipSource.Matches(weights)
            ? new StateDict(new OpenClipSource(weights))
            : weights.HasPrefix(TextModel) ? weights.Renamed("text", WithoutTextModel) : weights;
        if (!inner.TryFind("embeddings.token_embedding.weight", out var tokens)) return null;
        var part = Part("clip " + encoder, inner, TypesFor(inner.MainType).Text, loaded => new CLIPTextModel(loaded, activation), roundsChanges: true); // ComfyUI keeps text weights as stored and computes in fp32
        return new ClipTextEncoder(part, new ClipTextTokenizer(encoder, tokens.Shape[^1], padding, embeddings));
    }

    /// <summary>A control network; null when the file holds none whose keys are known.</summary>
    /// <param name="file">The file's tensors.</param>
    /// <param name="model">The model that a file of differences is to be added to; null where there is none.</param>
    public ControlNet? Control(StateDict file, DiffusionModel? model)
    {
        if (ControlLora.Matches(file)) return new ControlLora(fileName, file, this);
        if (T2IAdapterKeys.Normalise(file) is { } adapter)
        {
            var adapterType = TypesFor(adapter.MainType).Diffusion;
            return new T2IAdapter(Part("t2i adapter", adapter, adapterType, loaded => new T2IAdapterModel(loaded)).Slot, adapterType);
        }
        if (ControlNetKeys.Normalise(file) is not { } weights || !weights.TryFind("input_blocks.0.0.weight", out var input)) return null;
        var context = weights.Names.FirstOrDefault(name => name.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal));
        var isFirst = context is not null && weights.TryFind(context, out var key) && key.Shape[^1] == FirstTextWidth;
        var heads = isFirst ? HeadRule.FixedCount(FirstHeads) : HeadRule.FixedWidth(ModelKeys.HeadWidth);
        var type = TypesFor(weights.MainType).Diffusion;
        var patches = file.Contains(Difference) && model is not null ? model.AddedTo(weights) : WeightPatches.None;
        var part = Part("control", weights, type, loaded => new ControlNetModel(loaded, input.Shape[0], heads), patches: patches);
        return new ResidualControlNet(part.Slot, type, weights.Contains("label_emb.0.0.weight"));
    }

    /// <summary>An image tower; null when the file holds none whose keys are known.</summary>
    public ClipVision? Vision(StateDict file)
    {
        if (ClipVisionKeys.Normalise(file) is not { } weights) return null;
        var part = Part("clip vision", weights, TypesFor(weights.MainType).Text, loaded => new CLIPVisionModel(loaded));
        return new ClipVision(part.Slot, isSigLip: !weights.Contains("embeddings.class_embedding"));
    }

    /// <summary>A style model; null when the file holds none whose keys are known.</summary>
    public StyleModel? Style(StateDict file)
    {
        Func<NetworkWeights, IStyleNetwork>? wire = file.Contains("style_embedding") ? loaded => new StyleAdapterModel(loaded, StyleHeads)
            : file.Contains("redux_up.weight") ? loaded => new ReduxModel(loaded) : null;
        return wire is null ? null : new StyleModel(Part("style model", file, TypesFor(file.MainType).Text, wire).Slot);
    }

    /// <summary>A GLIGEN file; null when it is none.</summary>
    public Gligen? Gligen(StateDict file)
    {
        if (file.HasPrefix(ModelKeys.UNet)) file = file.Under(ModelKeys.UNet).With(file.Renamed("position", name => name.StartsWith("position_net.", StringComparison.Ordinal) ? name : null));
        if (!file.HasPrefix("position_net.")) return null;
        var type = TypesFor(file.MainType).Diffusion;
        return new Gligen(Part("gligen", file, type, loaded => new GligenModel(loaded, file.Names)).Slot, type);
    }

    /// <summary>A hypernetwork; null when the file is none.</summary>
    public Hypernetwork? Hypernetwork(StateDict file)
    {
        if (HypernetworkOptions.Read(file) is not { } options) return null;
        var type = TypesFor(file.MainType).Diffusion;
        return new Hypernetwork(Part("hypernetwork", file, type, loaded => new HypernetworkModel(loaded, file.Names, options)).Slot, type);
    }

    /// <summary>An upscaler; null when the file holds none whose keys are known.</summary>
    public UpscaleModel? Upscaler(StateDict file)
    {
        if (UpscalerKinds.Recognise(file) is not { } upscaler) return null;
        return new UpscaleModel(Part($"{upscaler.Kind} upscaler", upscaler.Weights, ScalarType.Float32, upscaler.Wire).Slot, ScalarType.Float32);
    }

    /// <summary>An autoencoder; null when there is none.</summary>
    public VaeModel? Vae(StateDict weights)
    {
        if (!weights.TryFind("decoder.conv_in.weight", out var input) || input.Shape.Count != 4) return null;
        var type = TypesFor(weights.MainType).Vae;
        var levels = Enumerable.Range(0, int.MaxValue).TakeWhile(level => weights.HasPrefix($"decoder.up.{level}.")).Count();
        if (levels is < 1 or > 8) throw new WeightsFormatException($"the VAE has {levels} levels under {weights.Prefix}decoder.up; 1 to 8 make sense");
        return new VaeModel(Part<IVaeNetwork>("vae", weights, type, loaded => new AutoencoderKL(loaded)), type, (int)input.Shape[1], 1 << (levels - 1));
    }

    /// <summary>An approximation of an autoencoder.</summary>
    public VaeModel TinyVae(StateDict encoder, StateDict decoder, LatentFormat format)
    {
        var layers = encoder.Names.Concat(decoder.Names).Select(name => int.TryParse(name.Split('.')[0], out var number) ? number + 1 : 0).DefaultIfEmpty().Max();
        if (layers > MaxTinyLayers) throw new WeightsFormatException($"a TAESD has {MaxTinyLayers} layers at most; this one has a layer {layers - 1}");
        var weights = encoder.Renamed("encoder", name => "encoder." + name).With(decoder.Renamed("decoder", name => "decoder." + name));
        var type = TypesFor(weights.MainType).Vae;
        return new VaeModel(Part<IVaeNetwork>("approximate vae", weights, type, loaded => new AutoencoderTiny(loaded, layers, format)), type, format.Channels, format.SpatialDownscale);
    }

    /// <summary>A part whose network is wired once over the mapped file right away, which costs no memory and finds what is missing or misshapen.</summary>
    /// <param name="part">What it is, for reports.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="type">The type it computes in.</param>
    /// <param name="wire">Wires the network.</param>
    /// <param name="roundsChanges">Whether changed weights are rounded to the stored type.</param>
    /// <param name="patches">Changes to its weights; none by default.</param>
    /// <param name="storage">The type that its weights are kept in, for networks whose layers cast; null for the compute type.</param>
    public NetworkPart<T> Part<T>(string part, StateDict weights, ScalarType type, Func<NetworkWeights, T> wire, bool roundsChanges = false, WeightPatches? patches = null, ScalarType? storage = null) where T : class, IDisposable
    {
        Wire(new NetworkWeights(weights, type: null, CPU), wire).Dispose();
        return new NetworkPart<T>(weights, patches ?? WeightPatches.None, changes => new ModelSlot<T>(
            memory,
            $"{weights.Identity}|{type}|{storage}|{changes.Identity}",
            $"{fileName} {part.Replace(' ', '-')}", // the last space parts file from part
            weights.BytesAt(SafetensorsHeader.SizeOf(storage ?? type)),
            room => Wire(new NetworkWeights(weights, type, memory.Device, changes, roundsChanges, room) { Storage = storage }, wire)));
    }

    private static string WithoutTextModel(string name) => name.StartsWith(TextModel, StringComparison.Ordinal) ? name[TextModel.Length..] : name;

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
