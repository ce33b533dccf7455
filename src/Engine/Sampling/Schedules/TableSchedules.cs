namespace Farm.Engine.Sampling;

/// <summary>Schedules that pick entries of the model's own table.</summary>
internal static class TableSchedules
{
    /// <summary>Every N/steps-th level from the top.</summary>
    public static float[] Simple(SigmaTable table, int steps)
    {
        double stride = table.Sigmas.Count / (double)steps;
        return [.. Enumerable.Range(0, steps).Select(i => table.Sigmas[^(1 + (int)(i * stride))]), 0];
    }

    /// <summary>Every N/steps-th level from the second lowest up, as DDIM (arXiv 2010.02502) spaces them.</summary>
    public static float[] DdimUniform(SigmaTable table, int steps)
    {
        List<float> rising = [];
        if (Math.Abs(table.Sigmas[1]) <= 1e-5) steps++;
        else rising.Add(0);
        int stride = Math.Max(table.Sigmas.Count / steps, 1);
        for (int i = 1; i < table.Sigmas.Count; i += stride) rising.Add(table.Sigmas[i]);
        rising.Reverse();
        return [.. rising];
    }
}
