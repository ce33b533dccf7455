using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Text;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>The generated checkpoint sd15-tiny as nodes hand it to sampling, loaded once, with the conditionings of the recordings.</summary>
public sealed class SmallModel : IDiffusionModel, IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly DiffusionModel _model;
    private readonly ITextEncoder _clip;
    private readonly List<TextEncoding> _encodings = [];
    private int _calls;

    public SmallModel()
    {
        var checkpoint = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny"));
        (_model, _clip) = (checkpoint.Model, checkpoint.Clip!);
        Positive = Encode("a photo of a cat, (masterpiece:1.2), ((best quality)), [lowres]");
        Negative = Encode("blurry");
    }

    public IReadOnlyList<ConditioningEntry> Positive { get; }

    public IReadOnlyList<ConditioningEntry> Negative { get; }

    /// <summary>Forward passes since the last reset.</summary>
    public int Calls { get => _calls; set => _calls = value; }

    public ModelSampling Sampling { get; set; } = ModelSampling.Discrete(Prediction.Eps);

    public LatentFormat LatentFormat => _model.LatentFormat;

    public Device Device => _model.Device;

    public ScalarType ComputeType => _model.ComputeType;

    public IReadOnlyList<ConditioningEntry> Encode(string text)
    {
        using var mode = inference_mode(true);
        var encoding = _clip.Encode(text);
        _encodings.Add(encoding);
        return [new ConditioningEntry(encoding.Cond)];
    }

    public IDisposable Hold() => _model.Hold();

    public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs)
    {
        Interlocked.Increment(ref _calls);
        return _model.Predict(x, timesteps, inputs);
    }

    public void Dispose()
    {
        foreach (var encoding in _encodings) encoding.Dispose();
        _memory.Dispose();
    }
}
