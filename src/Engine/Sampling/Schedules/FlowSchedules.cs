namespace Farm.Engine.Sampling;

/// <summary>Schedules of rectified flows whose shift follows from the size of the picture: σ = e^μ / (e^μ + 1/t − 1) over even times t from 1 to 0.</summary>
public static class FlowSchedules
{
    /// <summary>FLUX.2's fit of μ by tokens and steps (black-forest-labs/flux2).</summary>
    /// <param name="tokens">Latent cells of the picture, one for each 16 x 16 pixels.</param>
    /// <param name="steps">Steps, at least 1.</param>
    public static float[] Flux2(double tokens, int steps)
    {
        const double Many = 4300;
        double at200 = 0.00016927 * tokens + 0.45666666, at10 = 8.73809524e-05 * tokens + 1.89833333;
        double mu = tokens > Many ? at200 : at200 + (at200 - at10) / 190 * (steps - 200);
        return [.. Times(steps).Select(time => (float)Shift(time, mu))];
    }

    /// <summary>LTX-Video's schedule (Lightricks/LTX-Video): μ linear in the tokens, then stretched so that the last level above 0 is <paramref name="terminal"/>.</summary>
    /// <param name="tokens">Latent cells of the video.</param>
    /// <param name="steps">Steps, at least 1.</param>
    /// <param name="maxShift">μ at 4096 tokens.</param>
    /// <param name="baseShift">μ at 1024 tokens.</param>
    /// <param name="terminal">The last level above 0; null leaves the levels as they are.</param>
    public static float[] Ltxv(long tokens, int steps, double maxShift, double baseShift, double? terminal)
    {
        double slope = (maxShift - baseShift) / (4096 - 1024), mu = tokens * slope + baseShift - slope * 1024;
        double[] levels = [.. Times(steps).Select(time => Shift(time, mu))];
        if (terminal is { } last)
        {
            double scale = (1 - levels[^2]) / (1 - last);
            for (int i = 0; i < steps; i++) levels[i] = 1 - (1 - levels[i]) / scale;
        }

        return [.. levels.Select(level => (float)level)];
    }

    private static IEnumerable<double> Times(int steps) => Enumerable.Range(0, steps + 1).Select(i => 1 - (double)i / steps);

    private static double Shift(double time, double mu) => time <= 0 ? 0 : Math.Exp(mu) / (Math.Exp(mu) + 1 / time - 1);
}
