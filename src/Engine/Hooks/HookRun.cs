using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;

namespace Farm.Engine.Hooks;

/// <summary>The hooks of one run: where each is among its keyframes, and the sets that conditionings share.</summary>
public sealed class HookRun(SigmaTable table)
{
    private readonly Dictionary<WeightHook, HookKeyframes.Cursor> _cursors = new(ReferenceEqualityComparer.Instance);
    private readonly List<HookSet> _sets = [];

    /// <summary>The set of these hooks; the same object for the same hooks, so that conditionings with equal hooks share passes.</summary>
    public HookSet Set(IReadOnlyList<WeightHook> hooks)
    {
        var known = _sets.Find(set => set.Hooks.SequenceEqual(hooks, ReferenceEqualityComparer.Instance));
        if (known is null) _sets.Add(known = new HookSet(this, hooks));
        return known;
    }

    internal float StrengthAt(WeightHook hook, float sigma)
    {
        if (!_cursors.TryGetValue(hook, out var cursor)) _cursors[hook] = cursor = hook.Keyframes.Begin(table);
        return hook.ModelStrength * cursor.StrengthAt(sigma);
    }
}

/// <summary>Hooks that act together in a run.</summary>
public sealed class HookSet
{
    private readonly HookRun _run;
    private readonly Dictionary<string, DiffusionModel> _models = new(StringComparer.Ordinal);

    internal HookSet(HookRun run, IReadOnlyList<WeightHook> hooks)
    {
        _run = run;
        Hooks = hooks;
    }

    /// <summary>The hooks, in order.</summary>
    public IReadOnlyList<WeightHook> Hooks { get; }

    /// <summary>The model with the hooks' changes at a noise level.</summary>
    /// <exception cref="ArgumentException">The model has no weights that could be changed.</exception>
    internal IDiffusionModel ApplyTo(IDiffusionModel model, float sigma)
    {
        if (model is not DiffusionModel changed) throw new ArgumentException("hooks change a UNet's weights; this model has none", nameof(model));
        var strengths = Hooks.Select(hook => _run.StrengthAt(hook, sigma)).ToArray();
        var key = $"{changed.Part.Patches.Identity}|{string.Join(',', strengths.Select(strength => strength.ToString("R", provider: null)))}";
        if (!_models.TryGetValue(key, out var known))
        {
            known = changed;
            for (var i = 0; i < strengths.Length; i++)
            {
                if (Hooks[i].Fit(changed.Part, soleEncoder: false, strengths[i]) is { } patch) known = known.With(patch);
            }
            _models[key] = known;
        }
        return known;
    }
}
