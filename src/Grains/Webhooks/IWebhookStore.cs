namespace Farm.Grains.Webhooks;

/// <summary>Messages on their way. They are entered in the commits that end prompts and batches.</summary>
internal interface IWebhookStore
{
    /// <summary>Messages that are due, the longest due first.</summary>
    Task<IReadOnlyList<WebhookMessage>> DueAsync(DateTimeOffset now, int most);

    /// <summary>
    /// Takes a message to send it: until then nobody else does. False when another silo has taken it.
    /// </summary>
    Task<bool> TakeAsync(WebhookMessage message, DateTimeOffset until);

    /// <summary>A try came to its end: delivered where there is no error, else to be tried again, or given up where no time is given.</summary>
    Task EndTryAsync(WebhookMessage message, DateTimeOffset now, string? error, DateTimeOffset? again);

    /// <summary>The error of a message's last try, and whether it was delivered; null when there is no such message.</summary>
    Task<(string? Error, bool Delivered)?> FindAsync(Guid id);
}
