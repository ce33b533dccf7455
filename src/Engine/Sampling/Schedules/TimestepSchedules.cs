using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Schedules evenly spaced in the network's timesteps.</summary>
internal static class TimestepSchedules
{
    /// <summary>Even timesteps from the highest to the least level, then 0.</summary>
    /// <param name="table">The model's levels.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="dropsLast">Space one more point and leave the least level out ("sgm_uniform").</param>
    public static float[] Uniform(SigmaTable table, int steps, bool dropsLast)
    {
        float start = table.Timestep(table.SigmaMax), end = table.Timestep(table.SigmaMin);
        bool endsInZero = !dropsLast && Math.Abs(table.Sigma(end)) <= 1e-5;
        using var timesteps = linspace(start, end, dropsLast || endsInZero ? steps + 1 : steps);
        var sigmas = timesteps.data<float>().Select(table.Sigma);
        if (dropsLast) sigmas = sigmas.SkipLast(1);
        return endsInZero ? [.. sigmas] : [.. sigmas, 0];
    }
}
