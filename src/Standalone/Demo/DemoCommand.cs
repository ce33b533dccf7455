using System.CommandLine;
using Farm.Engine.Generated;
using Farm.Storage;

namespace Farm.Standalone.Demo;

/// <summary><c>demo "text"</c>: a picture on a machine that has nothing but this program.</summary>
internal static class DemoCommand
{
    private const string Checkpoint = "sd15-tiny";
    private const int Size = 256, Steps = 12;
    private const long Seed = 42;

    /// <summary>The command; what it does not know is passed on as configuration of the farm.</summary>
    public static Command Create()
    {
        var text = new Argument<string>("text") { Description = "What to draw." };
        var serve = new Option<bool>("--serve") { Description = "Keep serving after the picture is done." };
        var command = new Command("demo", "Make a small checkpoint, start the farm and draw a picture with it.") { text, serve };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancel) => FarmHost.GuardAsync(() =>
            RunAsync(parsed.GetRequiredValue(text), parsed.GetValue(serve), [.. parsed.UnmatchedTokens], cancel)));
        return command;
    }

    private static async Task RunAsync(string text, bool serve, string[] arguments, CancellationToken cancel)
    {
        var output = Console.Out;
        await using var farm = FarmHost.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning", .. arguments]);
        using var rootLock = FarmHost.TakeDataRoot(farm);
        var folders = farm.Services.GetRequiredService<DataFolders>();
        MakeCheckpoint(Path.Combine(folders.Of(FileArea.Models), "checkpoints", Checkpoint + ".safetensors"), output, cancel);
        await farm.StartAsync(cancel);
        try
        {
            await DrawAsync(farm, folders, text, output, cancel);
            if (serve)
                await farm.WaitForShutdownAsync(cancel);
        }
        finally
        {
            await farm.StopAsync(CancellationToken.None);
        }
    }

    private static async Task DrawAsync(WebApplication farm, DataFolders folders, string text, TextWriter output, CancellationToken cancel)
    {
        var address = new Uri(farm.Urls.First());
        await output.WriteLineAsync($"The farm serves {address}");
        var sampling = new ProgressLine(output, !Console.IsOutputRedirected, "Sampling");
        using var client = new ComfyClient(address);
        var images = await client.RunAsync(DefaultWorkflow.Create(text, Checkpoint + ".safetensors", Size, Steps, Seed), sampling, cancel);
        sampling.End();
        foreach (var image in images)
        {
            await output.WriteLineAsync($"Image:   {Path.Combine(folders.Of(FileArea.Output), image.Subfolder, image.FileName)}");
            await output.WriteLineAsync($"Address: {new Uri(address, $"/view?filename={Uri.EscapeDataString(image.FileName)}&subfolder={Uri.EscapeDataString(image.Subfolder)}")}");
        }
        await output.WriteLineAsync("The weights are generated, not trained: what they draw is noise, whatever the text. Put a real checkpoint");
        await output.WriteLineAsync($"into {Path.Combine(folders.Of(FileArea.Models), "checkpoints")} for pictures.");
    }

    private static void MakeCheckpoint(string path, TextWriter output, CancellationToken cancel)
    {
        if (File.Exists(path))
            return;
        output.WriteLine($"Making the small checkpoint {path} (628 MB, once)");
        var making = new ProgressLine(output, !Console.IsOutputRedirected, "Checkpoint");
        GeneratedCheckpoints.Write(Checkpoint, path, making, cancel);
        making.End();
    }
}
