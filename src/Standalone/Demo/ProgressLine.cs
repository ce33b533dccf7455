namespace Farm.Standalone.Demo;

/// <summary>A progress bar that redraws its line on a terminal, and prints one line a tenth where there is none.</summary>
internal sealed class ProgressLine(TextWriter output, bool terminal, string label) : IProgress<double>
{
    private const int Cells = 40;
    private readonly Lock _gate = new();
    private int _shown = -1;

    /// <summary>Shows the part done, 0 to 1; may be called from any thread and out of order.</summary>
    public void Report(double value)
    {
        lock (_gate)
        {
            var percent = (int)(100 * Math.Clamp(value, 0, 1));
            if (percent <= _shown || (!terminal && _shown >= 0 && percent / 10 == _shown / 10))
                return;
            _shown = percent;
            var filled = percent * Cells / 100;
            var bar = $"{label,-12} [{new string('#', filled)}{new string('.', Cells - filled)}] {percent,3} %";
            output.Write(terminal ? $"\r{bar}" : $"{bar}{Environment.NewLine}");
        }
    }

    /// <summary>Leaves the line.</summary>
    public void End()
    {
        if (terminal)
            output.WriteLine();
    }
}
