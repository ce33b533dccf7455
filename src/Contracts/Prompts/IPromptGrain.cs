namespace Farm.Contracts.Prompts;

/// <summary>
/// One submission, from its acceptance to its place in history. The key is the run id, which the farm draws itself: a
/// (tenant, prompt_id) pair may repeat, as in ComfyUI.
/// </summary>
[Alias("farm.IPromptGrain")]
public interface IPromptGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Commits the submission to the store, then queues it. When this returns, the prompt survives any crash. Repeating it changes nothing
    /// and is answered as before.
    /// </summary>
    /// <exception cref="PromptConflictException">It was submitted before with another fingerprint.</exception>
    [Alias("Submit"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<SubmitReceipt> SubmitAsync(PromptSubmission submission);

    /// <summary>The answer to a submission that was taken before, for a client that repeats what would not be taken now; null when there is none.</summary>
    /// <exception cref="PromptConflictException">It was submitted before with another fingerprint.</exception>
    [Alias("Repeat"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<SubmitReceipt?> RepeatAsync(string fingerprint);

    /// <summary>
    /// A worker that holds a lease asks for the work. Commits the start of the attempt.
    /// Returns null when there is nothing to run any more: the prompt was deleted, or another attempt has taken its place.
    /// </summary>
    [Alias("Begin")]
    Task<PromptJob?> BeginAsync(int attempt, string workerId);

    /// <summary>Takes the events of a running attempt, in order; the answer says whether to go on.</summary>
    [Alias("Report")]
    Task<RunOrder> ReportAsync(int attempt, IReadOnlyList<RunEvent> events);

    /// <summary>
    /// Ends an attempt: commits outputs and history once, then publishes the closing events. False when the attempt was
    /// fenced off; the worker then removes the files it wrote.
    /// </summary>
    [Alias("Complete")]
    Task<bool> CompleteAsync(RunResult result);

    /// <summary>
    /// Asks the running attempt to stop between two steps. When this returns, no crash lets the prompt run on. False when the prompt is not running.
    /// </summary>
    [Alias("Interrupt"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<bool> InterruptAsync();

    /// <summary>Removes the prompt while it waits; it leaves no history, as in ComfyUI. False when it runs or is over.</summary>
    [Alias("Delete"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<bool> DeleteAsync();

    /// <summary>Gives the prompt another place while it waits; what it has then, or null when it runs or is over.</summary>
    [Alias("Move"), Idempotent, ResponseTimeout(IdempotentAttribute.Patience)]
    Task<PromptPlace?> MoveAsync(PromptMove move);

    /// <summary>The prompt was removed from the store with others: what its grain holds of it, secrets included, leaves memory.</summary>
    [Alias("Forget")]
    Task ForgetAsync();

    /// <summary>
    /// An attempt came to nothing: the scheduler saw its lease end, or its worker gives it back. The prompt goes back to the queue; or, after
    /// as many lost attempts as the options allow, it fails with the history of its attempts. What is given back, and what had not begun,
    /// does not count.
    /// </summary>
    [Alias("LoseAttempt")]
    Task LoseAttemptAsync(int attempt, string reason, bool givenBack);
}
