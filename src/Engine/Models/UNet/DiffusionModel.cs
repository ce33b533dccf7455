using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>
/// A denoising UNet with how it is sampled and what is changed in it: what flows between nodes as MODEL. Immutable; a change gives another
/// value that shares the rest. Its weights are loaded when it is first run, changed weights under a key of their own.
/// </summary>
public sealed record DiffusionModel : IDiffusionModel
{
    private readonly NetworkPart<UNet2DConditionModel> _part;
    private readonly IReadOnlyList<RunPatch> _runPatches = [];

    internal DiffusionModel(NetworkPart<UNet2DConditionModel> part, UNetConfig config, ScalarType computeType)
    {
        _part = part;
        Config = config;
        ComputeType = computeType;
    }

    /// <inheritdoc/>
    public required ModelSampling Sampling { get; init; }

    /// <inheritdoc/>
    public required LatentFormat LatentFormat { get; init; }

    /// <summary>What the network takes besides text states.</summary>
    public IConditioningRules Rules { get; init; } = ConditioningRules.TextOnly;

    /// <inheritdoc/>
    public UNetPatches Patches { get; init; } = UNetPatches.None;

    /// <inheritdoc/>
    public MaskSchedule? MaskSchedule { get; init; }

    /// <inheritdoc/>
    public Device Device => _part.Slot.Memory.Device;

    /// <inheritdoc/>
    public ScalarType ComputeType { get; }

    /// <summary>File and part, for reports.</summary>
    public string Name => _part.Slot.Name;

    /// <summary>Its weights, for those who fit patches to them.</summary>
    public NetworkPartView Part => new("unet", _part.Stored, _part.Patches);

    /// <summary>The changes made to its weights on loading.</summary>
    public WeightPatches Weights => _part.Patches;

    /// <summary>What its shapes tell.</summary>
    internal UNetConfig Config { get; }

    /// <summary>The same with one more change to its weights.</summary>
    public DiffusionModel With(IWeightPatch patch) => new(_part.With(patch), Config, ComputeType)
    {
        Sampling = Sampling,
        LatentFormat = LatentFormat,
        Rules = Rules,
        Patches = Patches,
        MaskSchedule = MaskSchedule,
        RunPatches = _runPatches,
    };

    /// <summary>The same with one more change to its runs.</summary>
    public DiffusionModel With(RunPatch patch) => this with { RunPatches = [.. _runPatches, patch] };

    /// <summary>The model and the guidance of one run, with the state that changes keep during it.</summary>
    public PreparedRun Prepare()
    {
        var run = new PreparedRun(this, GuidanceHooks.None);
        return _runPatches.Aggregate(run, (prepared, patch) => patch(prepared));
    }

    /// <summary>Loads the weights and keeps them until disposed, so that no step of a run waits for them.</summary>
    public IDisposable Hold() => _part.Slot.Use();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape is not what the network takes; the message says what it takes.</exception>
    /// <exception cref="DeviceMemoryException">The pass does not fit the device.</exception>
    public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs) =>
        _part.Slot.Run(network => network.Forward(x, timesteps, inputs, ComputeType));

    private IReadOnlyList<RunPatch> RunPatches { init => _runPatches = value; }
}

/// <summary>A change to a model's runs, called at the start of each, so that what it keeps during a run is the run's own.</summary>
public delegate PreparedRun RunPatch(PreparedRun run);

/// <summary>A model and its guidance for one run.</summary>
/// <param name="Model">The network.</param>
/// <param name="Hooks">Changes to the guidance.</param>
public sealed record PreparedRun(DiffusionModel Model, GuidanceHooks Hooks)
{
    /// <summary>The same with changes to the network's passes.</summary>
    public PreparedRun With(Func<UNetPatches, UNetPatches> change) => this with { Model = Model with { Patches = change(Model.Patches) } };
}
