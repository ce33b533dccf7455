namespace Farm.Contracts.Prompts;

/// <summary>The database cannot be reached now; nothing was committed. The gateway answers 503 with Retry-After.</summary>
[GenerateSerializer, Alias("farm.StoreUnavailableException")]
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Without details.</summary>
    public StoreUnavailableException() : this("The database does not answer.") { }

    /// <summary>With a text for the log.</summary>
    public StoreUnavailableException(string message) : base(message) { }

    /// <summary>With the store's own report.</summary>
    public StoreUnavailableException(string message, Exception inner) : base(message, inner) { }
}
