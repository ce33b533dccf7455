using System.CommandLine;
using Farm.Standalone;
using Farm.Standalone.Demo;

var command = new RootCommand("A farm in one process: serves ComfyUI's API. Options of the farm, such as --urls or --Farm:Data:Root, are in docs/configuration.md.")
{
    DemoCommand.Create(),
};
command.TreatUnmatchedTokensAsErrors = false;
command.SetAction((parsed, _) => FarmHost.GuardAsync(() => FarmHost.ServeAsync([.. parsed.UnmatchedTokens])));
// The host ends on signals in its own time.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
