using Farm.Engine.Models.Clip;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>The generated checkpoint sd15-tiny as sampling sees it, loaded once, with the conditionings of the recordings.</summary>
public sealed class SmallModel : IDiffusionModel, IDisposable
{
    private const int Blurry = 21977;

    private readonly UNet2DConditionModel _unet;
    private int _calls;

    public SmallModel()
    {
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        var state = new StateDict(file);
        var stored = state.Under("model.diffusion_model.");
        _unet = new UNet2DConditionModel(UNetConfig.Detect(stored, HeadRule.FixedCount(8))!, new NetworkWeights(stored, ScalarType.Float32, CPU));
        Positive = [new ConditioningEntry(Recorded("cond1"))];
        Negative = [new ConditioningEntry(Encode(state, [49406, Blurry, .. Enumerable.Repeat(49407, 75)]))];
    }

    /// <summary>"a photo of a cat, (masterpiece:1.2), ((best quality)), [lowres]".</summary>
    public IReadOnlyList<ConditioningEntry> Positive { get; }

    /// <summary>"blurry".</summary>
    public IReadOnlyList<ConditioningEntry> Negative { get; }

    /// <summary>Forward passes since the last reset.</summary>
    public int Calls { get => _calls; set => _calls = value; }

    public ModelSampling Sampling { get; } = ModelSampling.Discrete(Prediction.Eps);

    public LatentFormat LatentFormat => LatentFormats.SD15;

    public Device Device => CPU;

    public ScalarType ComputeType => ScalarType.Float32;

    public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs)
    {
        Interlocked.Increment(ref _calls);
        return _unet.Forward(x, timesteps, inputs.Context, inputs.Y, ComputeType);
    }

    public void Dispose()
    {
        _unet.Dispose();
        foreach (var entry in Positive.Concat(Negative)) entry.Context.Dispose();
    }

    private static Tensor Recorded(string name)
    {
        using var file = Fixture.Open("sd15-clip.safetensors");
        using var stored = file.OpenTensor(name);
        return stored.clone();
    }

    private static Tensor Encode(StateDict state, int[] ids)
    {
        using var clip = new CLIPTextModel(
            new NetworkWeights(state.Under("cond_stage_model.transformer.text_model."), ScalarType.Float32, CPU), ClipActivation.QuickGelu);
        using var mode = inference_mode(true);
        using var scope = NewDisposeScope();
        var embedded = clip.Embed(tensor(ids.Select(id => (long)id).ToArray()).reshape(1, -1));
        return clip.Forward(embedded, hiddenFromEnd: 1).Last.DetachFromDisposeScope();
    }
}
