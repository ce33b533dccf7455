namespace Farm.Engine.Sampling;

/// <summary>KSampler's rules from steps and denoise to noise levels.</summary>
public static class StepRules
{
    private const double FullDenoise = 0.9999;

    // These evaluate between levels, so the step below the least level is taken out and one more asked for.
    private static readonly HashSet<string> SkipSecondLast = ["dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"];

    /// <summary>The noise levels of a run.</summary>
    /// <param name="table">The model's levels.</param>
    /// <param name="schedule">Name of the schedule.</param>
    /// <param name="sampler">Name of the sampler.</param>
    /// <param name="steps">Steps, at least 1.</param>
    /// <param name="denoise">Share of the walk that is walked: 1 is all of it, 0 or less gives no levels.</param>
    public static float[] Sigmas(SigmaTable table, string schedule, string sampler, int steps, double denoise)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (denoise <= 0) return [];
        if (denoise > FullDenoise) return Whole(table, schedule, sampler, steps);
        return Whole(table, schedule, sampler, (int)(steps / denoise))[^(steps + 1)..];
    }

    /// <summary>The part of the levels between two steps.</summary>
    /// <param name="sigmas">All levels.</param>
    /// <param name="startStep">First step, from 0; null for the first.</param>
    /// <param name="lastStep">Step to end at; null for the last.</param>
    /// <param name="forceFullDenoise">End in 0 where <paramref name="lastStep"/> cuts the walk short.</param>
    public static float[] Slice(float[] sigmas, int? startStep, int? lastStep, bool forceFullDenoise)
    {
        var slice = sigmas;
        if (lastStep is { } last && last < slice.Length - 1)
        {
            slice = [.. slice[..(last + 1)]];
            if (forceFullDenoise) slice[^1] = 0;
        }

        if (startStep is not { } start) return slice;
        return start < slice.Length - 1 ? slice[start..] : [];
    }

    private static float[] Whole(SigmaTable table, string schedule, string sampler, int steps)
    {
        if (!SkipSecondLast.Contains(sampler)) return SigmaScheduleRegistry.Get(schedule)(table, steps);
        float[] sigmas = SigmaScheduleRegistry.Get(schedule)(table, steps + 1);
        return [.. sigmas[..^2], sigmas[^1]];
    }
}
