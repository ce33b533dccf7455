using System.Diagnostics;
using System.Globalization;

namespace Farm.Storage.Tests.Local;

/// <summary>A process of its own that writes numbered files: this program started again with other arguments.</summary>
internal static class WriterProcess
{
    public const int FileSize = 100_000;

    public static Process Start(string root, int files, Guid? run = null)
    {
        string[] arguments = ["write", root, files.ToString(CultureInfo.InvariantCulture), $"{run ?? Guid.NewGuid()}"];
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }

    public static async Task<int> RunAsync(string root, string files, string run)
    {
        await using var store = await StorageFixture.OpenAsync(root);
        var (attempt, content) = (new RunAttempt(Guid.Parse(run), 1), new byte[FileSize]);
        for (var i = int.Parse(files, CultureInfo.InvariantCulture); i > 0; i--)
        {
            var file = await store.Runs.WriteNextAsync(
                attempt, new FileSeries(FileArea.Output, "", "ComfyUI"), ".png", async (stream, cancel) => await stream.WriteAsync(content, cancel));
            Console.WriteLine(file.Key.Path);
        }
        return 0;
    }
}
