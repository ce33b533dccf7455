using Farm.Engine.Memory;
using Farm.Engine.Models.Control;
using Farm.Engine.Models.Gligen;
using Farm.Engine.Models.Hypernetworks;
using Farm.Engine.Models.Style;
using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Upscalers;
using Farm.Engine.Models.Vae;
using Farm.Engine.Models.Vision;
using Farm.Engine.Sampling;
using Farm.Engine.Text;
using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>Opens model files: finds the family that knows a file's tensors and has it build the parts. Reads a file's header only.</summary>
/// <param name="memory">Where parts are loaded when they are used.</param>
/// <param name="precision">What they compute in.</param>
/// <param name="embeddings">Embedding files that texts may name; null for none.</param>
public sealed class CheckpointLoader(ModelMemory memory, ComputePrecision precision = ComputePrecision.Auto, ITextEmbeddings? embeddings = null)
{
    /// <summary>Every family; a new one is added here.</summary>
    private static readonly IModelFamily[] Families = [new StableDiffusion1(), new StableDiffusion2(), new StableDiffusionXl(), new StableDiffusionXlRefiner()];

    /// <summary>Opens a checkpoint of a diffusion model.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or of no known family; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public LoadedCheckpoint Load(string path) => Open(path, file => FamilyOf(file).Build(file, Parts(path)));

    /// <summary>Opens a model whose parts lie in files of their own, as diffusers keeps them.</summary>
    /// <exception cref="WeightsFormatException">A file is damaged, incomplete or of no known family; the message says what was seen in it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public LoadedCheckpoint Load(DiffusersParts parts)
    {
        var opened = new List<IWeightSource>();
        try
        {
            var all = parts.Join(path =>
            {
                opened.Add(WeightFile.Open(path));
                return new StateDict(opened[^1]);
            });
            return FamilyOf(all).Build(all, Parts(parts.Name));
        }
        catch (WeightsFormatException e)
        {
            foreach (var file in opened) (file as IDisposable)?.Dispose();
            throw new WeightsFormatException($"{parts.Name}: {e.Message}", e);
        }
    }

    /// <summary>Opens a denoising network of a file of its own, or of a checkpoint; in the original project's layout or diffusers'.</summary>
    /// <param name="path">The file.</param>
    /// <param name="storage">What its weights are kept as in memory.</param>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or of no known family; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public DiffusionModel LoadDiffusion(string path, WeightStorage storage = WeightStorage.Default) => Open(path, file =>
    {
        var named = file.HasPrefix(ModelKeys.UNet) ? file : (DiffusersUNetKeys.Normalise(file) ?? file).Renamed("unet", name => ModelKeys.UNet + name);
        return FamilyOf(named).Build(named, new PartBuilder(Path.GetFileName(path), memory, precision, embeddings, storage)).Model;
    });

    /// <summary>Opens the text side of a file of its own: CLIP-L for SD1.x, OpenCLIP H for SD2.x, bigG for SDXL's refiner.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ITextEncoder LoadText(string path) => Open(path, file => TextEncoderFiles.Single(file, Parts(path)));

    /// <summary>Opens SDXL's text side of two files, in either order.</summary>
    /// <exception cref="WeightsFormatException">A file is damaged, incomplete or not one of the two; the message says what was seen in it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ITextEncoder LoadText(string first, string second) => Open(first, one => Open(second, other => TextEncoderFiles.Double(one, Parts(first), other, Parts(second))));

    /// <summary>Opens the autoencoder of a file of its own, or of a checkpoint; in the original project's layout or diffusers'.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public VaeModel LoadVae(string path) => Open(path, file =>
        Parts(path).Vae(file.HasPrefix("first_stage_model.") ? file.Under("first_stage_model.") : DiffusersVaeKeys.Normalise(file) ?? file)
        ?? throw new WeightsFormatException($"there is no VAE whose keys are known (decoder.conv_in.weight and so on); the file has {FileSummary.Of(file)}"));

    /// <summary>Opens an approximation of an autoencoder (TAESD).</summary>
    /// <param name="encoderPath">Its encoder's file.</param>
    /// <param name="decoderPath">Its decoder's file.</param>
    /// <param name="format">The latent space it is for.</param>
    /// <exception cref="WeightsFormatException">A file is damaged or incomplete; the message says what was seen in it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public VaeModel LoadTinyVae(string encoderPath, string decoderPath, LatentFormat format) =>
        Open(encoderPath, encoder => Open(decoderPath, decoder => Parts(decoderPath).TinyVae(encoder, decoder, format)));

    /// <summary>Opens a control network.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <param name="path">The file.</param>
    /// <param name="model">The model that a file of differences is to be added to; null where there is none.</param>
    public ControlNet LoadControl(string path, DiffusionModel? model = null) => Open(path, file => Parts(path).Control(file, model)
        ?? throw new WeightsFormatException($"there is no control network whose keys are known (input_hint_block or controlnet_cond_embedding); the file has {FileSummary.Of(file)}"));

    /// <summary>Opens an upscaler.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public UpscaleModel LoadUpscaler(string path) => Open(path, file => Parts(path).Upscaler(file)
        ?? throw new WeightsFormatException($"there is no upscaler whose keys are known ({UpscalerKinds.Names}); the file has {FileSummary.Of(file)}"));

    /// <summary>Opens an image tower.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ClipVision LoadVision(string path) => Open(path, file => Parts(path).Vision(file)
        ?? throw new WeightsFormatException($"there is no image tower whose keys are known (vision_model.… or visual.…); the file has {FileSummary.Of(file)}"));

    /// <summary>Opens a style model.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public StyleModel LoadStyle(string path) => Open(path, file => Parts(path).Style(file)
        ?? throw new WeightsFormatException($"there is no style model whose keys are known (style_embedding or redux_up); the file has {FileSummary.Of(file)}"));

    /// <summary>Opens a GLIGEN file.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Gligen LoadGligen(string path) => Open(path, file => Parts(path).Gligen(file)
        ?? throw new WeightsFormatException($"there are no GLIGEN networks (position_net and fusers); the file has {FileSummary.Of(file)}"));

    /// <summary>Opens a hypernetwork.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged, incomplete or holds none; the message says what was seen in it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Hypernetwork LoadHypernetwork(string path) => Open(path, file => Parts(path).Hypernetwork(file)
        ?? throw new WeightsFormatException($"there is no hypernetwork (torch.save's, with activation_func and layers by width); the file has {FileSummary.Of(file)}"));

    private static IModelFamily FamilyOf(StateDict file) => Families.FirstOrDefault(family => family.Matches(file))
        ?? throw new WeightsFormatException($"no known model family has such tensors (known: {string.Join(", ", Families.Select(known => known.Name))}); the file has {FileSummary.Of(file)}");

    private PartBuilder Parts(string path) => new(Path.GetFileName(path), memory, precision, embeddings);

    private static T Open<T>(string path, Func<StateDict, T> build)
    {
        var file = WeightFile.Open(path);
        try
        {
            return build(new StateDict(file));
        }
        catch (WeightsFormatException e)
        {
            (file as IDisposable)?.Dispose();
            throw new WeightsFormatException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
    }
}
