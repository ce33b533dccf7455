namespace Farm.Stress.Chaos;

/// <summary>A client that wants a prompt to stop: it says so again and again until history has the prompt.</summary>
internal sealed class Interrupter(Submitter submitter)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns when the prompt has ended, or when cancelled.</summary>
    public async Task RunAsync(Accepted prompt, CancellationToken cancel)
    {
        var tenant = prompt.Wish.Tenant;
        while (!cancel.IsCancellationRequested)
        {
            await submitter.AskAsync(HttpMethod.Post, "/interrupt", tenant, new() { ["prompt_id"] = prompt.PromptId });
            if (await submitter.AskAsync(HttpMethod.Get, $"/history/{prompt.PromptId}", tenant) is { } history && history.Contains(prompt.PromptId, StringComparison.Ordinal))
                return;
            await Task.Delay(Pause, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
