namespace Farm.Engine.Sampling;

/// <summary>The noise schedules that KSampler offers, in ComfyUI's order. A new one is a file beside this one and a line here.</summary>
public static class SigmaScheduleRegistry
{
    private static readonly OrderedDictionary<string, SigmaSchedule> Known = new(StringComparer.Ordinal)
    {
        ["simple"] = TableSchedules.Simple,
        ["sgm_uniform"] = (table, steps) => TimestepSchedules.Uniform(table, steps, dropsLast: true),
        ["karras"] = (table, steps) => CurveSchedules.Karras(table.SigmaMin, table.SigmaMax, steps),
        ["exponential"] = (table, steps) => CurveSchedules.Exponential(table.SigmaMin, table.SigmaMax, steps),
        ["ddim_uniform"] = TableSchedules.DdimUniform,
        ["beta"] = (table, steps) => BetaSchedule.Create(table, steps),
        ["normal"] = (table, steps) => TimestepSchedules.Uniform(table, steps, dropsLast: false),
        ["linear_quadratic"] = (table, steps) => CurveSchedules.LinearQuadratic(table.SigmaMax, steps),
        ["kl_optimal"] = (table, steps) => CurveSchedules.KlOptimal(table.SigmaMin, table.SigmaMax, steps),
    };

    /// <summary>Names in ComfyUI's order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The schedule of a name.</summary>
    /// <exception cref="ArgumentException">No schedule has the name; the message lists those there are.</exception>
    public static SigmaSchedule Get(string name) => Known.TryGetValue(name, out var schedule)
        ? schedule
        : throw new ArgumentException($"scheduler '{name}' is unknown. Known: {string.Join(", ", Names)}.", nameof(name));
}
