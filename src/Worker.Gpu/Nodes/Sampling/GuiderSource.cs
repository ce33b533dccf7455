using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as GUIDER: a model with its conditionings, made into a guider for each latent.</summary>
/// <param name="Model">The model.</param>
/// <param name="Conditionings">What to draw first, then what to steer away from.</param>
/// <param name="Make">The guider of a run over the conditionings in the engine's terms.</param>
internal sealed record GuiderSource(
    DiffusionModel Model, IReadOnlyList<Conditioning> Conditionings, Func<PreparedRun, IReadOnlyList<IReadOnlyList<ConditioningEntry>>, Guider> Make) : IValueParts
{
    /// <inheritdoc />
    public IEnumerable<object?> Parts => Conditionings;

    /// <summary>The guider of one run.</summary>
    public Guider Create(Latent latent, ulong seed)
    {
        var run = Model.Prepare();
        return Make(run, EngineConditioning.Create(run.Model, latent, Conditionings, seed));
    }
}

/// <summary>What flows between nodes as NOISE.</summary>
/// <param name="Seed">Seed of the initial noise and of the solver's.</param>
/// <param name="Draws">Whether there is any; without, a run goes on from a latent that still has its noise.</param>
internal sealed record NoiseSource(ulong Seed, bool Draws);
