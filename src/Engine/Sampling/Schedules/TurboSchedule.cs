namespace Farm.Engine.Sampling;

/// <summary>The ten timesteps that Stable Diffusion Turbo was distilled for (arXiv 2311.17042).</summary>
public static class TurboSchedule
{
    private const int Timesteps = 10;

    /// <summary>The levels of some of the timesteps 999, 899, …, 99, then 0.</summary>
    /// <param name="table">The model's levels.</param>
    /// <param name="steps">Steps; fewer where fewer timesteps are left.</param>
    /// <param name="denoise">Share of the walk that is walked.</param>
    public static float[] Create(SigmaTable table, int steps, double denoise)
    {
        int start = Timesteps - (int)(Timesteps * denoise);
        var timesteps = Enumerable.Range(1, Timesteps).Select(i => 100 * i - 1).Reverse().Skip(start).Take(steps);
        return [.. timesteps.Select(timestep => table.Sigma(timestep)), 0];
    }
}
