using System.ComponentModel;
using System.Diagnostics;
using Farm.Nodes;
using Microsoft.Extensions.Options;

namespace Farm.Worker.Nodes;

/// <summary>Runs the ffmpeg program for one node: stopped when the prompt is interrupted or the time is up.</summary>
internal sealed class Ffmpeg
{
    private const int MostOfAMessage = 2000;

    private readonly FfmpegOptions _options;
    private readonly CancellationToken _interrupted;

    private Ffmpeg(FfmpegOptions options, CancellationToken interrupted) => (_options, _interrupted) = (options, interrupted);

    /// <summary>For a call, under the worker's options.</summary>
    public static Ffmpeg For(NodeCall call) => new(
        (call.Context.Services.GetService(typeof(IOptions<FfmpegOptions>)) as IOptions<FfmpegOptions>)?.Value ?? new FfmpegOptions(), call.Context.Interrupted);

    /// <summary>Feeds bytes in and gives what comes out.</summary>
    /// <exception cref="NodeFailedException">The program is missing, fails, or takes too long.</exception>
    public byte[] Run(Action<Stream> feed, params IEnumerable<string> arguments) => RunAsync(feed, arguments).GetAwaiter().GetResult();

    private async Task<byte[]> RunAsync(Action<Stream> feed, IEnumerable<string> arguments)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_interrupted);
        stop.CancelAfter(_options.TimeLimit);
        using var process = Start(arguments);
        await using var kill = stop.Token.Register(() => process.Kill(entireProcessTree: true));
        var feeding = Task.Run(() => Feed(process, feed));
        var complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        await feeding;
        _interrupted.ThrowIfCancellationRequested();
        if (stop.IsCancellationRequested) throw new NodeFailedException("TimeoutError", $"ffmpeg took longer than {_options.TimeLimit}");
        var message = await complaint;
        return process.ExitCode == 0
            ? output.ToArray()
            : throw NodeFailedException.RuntimeError($"ffmpeg failed ({process.ExitCode}): {message[..Math.Min(message.Length, MostOfAMessage)].Trim()}");
    }

    private Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_options.Program, ["-hide_banner", "-nostdin", "-v", "error", .. arguments])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw NodeFailedException.RuntimeError(
                $"This node needs the ffmpeg program, and '{_options.Program}' cannot be started on this worker: install ffmpeg or set its path.", error);
        }
    }

    // ffmpeg may stop reading before the end, as when it has all it wants; its exit code tells whether that is a failure.
    private static void Feed(Process process, Action<Stream> feed)
    {
        try
        {
            using var input = process.StandardInput.BaseStream;
            feed(input);
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            return;
        }
    }
}
