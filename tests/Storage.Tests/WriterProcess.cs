using System.Diagnostics;
using System.Globalization;

namespace Farm.Storage.Tests;

/// <summary>A process of its own that writes numbered files: this program started again with other arguments.</summary>
internal static class WriterProcess
{
    public const int FileSize = 100_000;

    private const int Piece = 1 << 20;

    public static Process Start(StorageFixture store, int files, Guid? run = null, long size = FileSize)
    {
        string[] arguments = ["write", files.ToString(CultureInfo.InvariantCulture), $"{run ?? Guid.NewGuid()}", size.ToString(CultureInfo.InvariantCulture), .. store.Arguments()];
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }

    /// <summary>Writes files and tells the path of each and by how many bytes the process grew at the most meanwhile.</summary>
    public static async Task<int> RunAsync(string files, string run, string size, string[] arguments)
    {
        await using var store = await StorageFixture.OpenAsync(arguments);
        var (attempt, piece) = (new RunAttempt(Guid.Parse(run), 1), new byte[Piece]);
        var before = Process.GetCurrentProcess().PeakWorkingSet64;
        for (var i = int.Parse(files, CultureInfo.InvariantCulture); i > 0; i--)
        {
            var file = await store.Runs.WriteNextAsync(attempt, new FileSeries(FileArea.Output, "", "ComfyUI"), ".png", async (stream, cancel) =>
            {
                for (var left = long.Parse(size, CultureInfo.InvariantCulture); left > 0; left -= Piece)
                    await stream.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, Piece)), cancel);
            });
            Console.WriteLine($"{file.Key.Path} {Process.GetCurrentProcess().PeakWorkingSet64 - before}");
        }
        return 0;
    }
}
