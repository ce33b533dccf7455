namespace Farm.Grains.Prompts;

/// <summary>
/// The durable truth of prompts. Every write is committed when its task completes, and refused with
/// <see cref="StaleWriteException"/> when the row's revision is not the one before.
/// </summary>
internal interface IPromptStore
{
    /// <summary>The prompt as last committed; null when there is none.</summary>
    Task<PromptState?> FindAsync(Guid runId);

    /// <summary>A new prompt, queued.</summary>
    Task InsertAsync(PromptState state);

    /// <summary>A new status of a prompt that goes on.</summary>
    Task UpdateAsync(PromptState state);

    /// <summary>A new rank and new needs of a prompt that waits.</summary>
    Task MoveAsync(PromptState state);

    /// <summary>The end of a prompt, with its outputs and its place in history, in one commit.</summary>
    Task EndAsync(PromptState state, PromptEnd end);

    /// <summary>Removes a prompt that waits.</summary>
    Task DeleteAsync(PromptState state);
}

/// <summary>A write came from a state that is not the newest: another activation has moved the row on.</summary>
internal sealed class StaleWriteException : Exception
{
    /// <summary>Without details.</summary>
    public StaleWriteException() : this("The row was changed meanwhile.") { }

    /// <summary>With a text for the log.</summary>
    public StaleWriteException(string message) : base(message) { }

    /// <summary>With the store's own report.</summary>
    public StaleWriteException(string message, Exception inner) : base(message, inner) { }
}
