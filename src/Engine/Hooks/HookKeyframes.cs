using Farm.Engine.Sampling;

namespace Farm.Engine.Hooks;

/// <summary>From where on a hook acts how strongly.</summary>
/// <param name="StartPercent">Fraction of the way.</param>
/// <param name="Strength">Factor on the hook's own strength.</param>
/// <param name="GuaranteedSteps">Steps that it holds at least, once reached.</param>
public sealed record HookKeyframe(double StartPercent, float Strength, int GuaranteedSteps = 1);

/// <summary>A hook's strength over the walk, in the order of the keyframes' beginnings. Immutable.</summary>
public sealed class HookKeyframes
{
    private HookKeyframes(IReadOnlyList<HookKeyframe> items) => Items = items;

    /// <summary>Full strength all the way.</summary>
    public static HookKeyframes None { get; } = new([]);

    /// <summary>The keyframes, by where they begin.</summary>
    public IReadOnlyList<HookKeyframe> Items { get; }

    /// <summary>These and more.</summary>
    public HookKeyframes With(params IEnumerable<HookKeyframe> more) => new([.. Items.Concat(more).OrderBy(keyframe => keyframe.StartPercent)]);

    /// <summary>The strength at a fraction of the way, where nothing is guaranteed: that of the last keyframe begun, of the first before it.</summary>
    public float StrengthAt(double percent) => Items.Count == 0 ? 1 : (Items.LastOrDefault(keyframe => keyframe.StartPercent <= percent) ?? Items[0]).Strength;

    /// <summary>The keyframes in one run.</summary>
    internal Cursor Begin(SigmaTable table) => new(Items, table);

    /// <summary>Where a run is among the keyframes.</summary>
    internal sealed class Cursor(IReadOnlyList<HookKeyframe> items, SigmaTable table)
    {
        private int _current;
        private int _held;
        private float? _sigma;

        /// <summary>The strength at a noise level; levels are asked for as the run meets them, each as often as it likes.</summary>
        public float StrengthAt(float sigma)
        {
            if (items.Count == 0) return 1;
            if (_sigma != sigma)
            {
                _sigma = sigma;
                if (_held >= items[_current].GuaranteedSteps) Advance(sigma);
                _held++;
            }
            return items[_current].Strength;
        }

        private void Advance(float sigma)
        {
            for (var next = _current + 1; next < items.Count && table.PercentToSigma(items[next].StartPercent) >= sigma; next++)
            {
                (_current, _held) = (next, 0);
                if (items[next].GuaranteedSteps > 0) return;
            }
        }
    }
}
