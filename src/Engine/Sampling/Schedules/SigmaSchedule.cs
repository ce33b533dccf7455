namespace Farm.Engine.Sampling;

/// <summary>Chooses the noise levels of a run.</summary>
/// <param name="table">The model's levels.</param>
/// <param name="steps">Steps asked for, at least 1.</param>
/// <returns>Falling levels, ending in 0; some schedules give one step more or fewer than asked, as ComfyUI's do.</returns>
public delegate float[] SigmaSchedule(SigmaTable table, int steps);
