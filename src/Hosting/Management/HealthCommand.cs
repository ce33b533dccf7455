using Microsoft.Extensions.Configuration;

namespace Farm.Hosting.Management;

/// <summary><c>health</c>: asks the process beside it whether it lives, for a container's health check; images carry no curl.</summary>
public static class HealthCommand
{
    /// <summary>Asks <c>/livez</c> at <c>Farm:Management:Url</c> of the environment or the command line.</summary>
    /// <returns>0 where it lives, else 1.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(arguments[1..]).Build();
        if (!Uri.TryCreate(configuration[$"{ManagementOptions.Section}:Url"], UriKind.Absolute, out var url))
        {
            await Console.Error.WriteLineAsync($"{ManagementOptions.Section}:Url is not set: nothing answers.");
            return 1;
        }
        // What listens on every address is asked on this machine's own.
        var address = url.Host is "0.0.0.0" or "[::]" or "*" or "+" ? "127.0.0.1" : url.Host;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://{address}:{url.Port}/livez"));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
