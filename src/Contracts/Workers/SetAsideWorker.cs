namespace Farm.Contracts.Workers;

/// <summary>A worker that failed the same way again and again and gets no prompts until it is brought back.</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="Fault">What it did.</param>
/// <param name="Detail">The last failure in words, for operators.</param>
/// <param name="At">When it was set aside.</param>
[GenerateSerializer, Immutable, Alias("farm.SetAsideWorker")]
public sealed record SetAsideWorker(string WorkerId, WorkerFault Fault, string Detail, DateTimeOffset At);
