namespace Farm.Contracts.Workers;

/// <summary>The worker that was called does not live, or not where it was looked for.</summary>
[GenerateSerializer, Alias("farm.WorkerGoneException")]
public sealed class WorkerGoneException : Orleans.Runtime.OrleansException
{
    /// <summary>Without details.</summary>
    public WorkerGoneException() : this("The worker is gone.") { }

    /// <summary>With a text for the log.</summary>
    public WorkerGoneException(string message) : base(message) { }

    /// <summary>With the failure behind it.</summary>
    public WorkerGoneException(string message, Exception inner) : base(message, inner) { }
}
