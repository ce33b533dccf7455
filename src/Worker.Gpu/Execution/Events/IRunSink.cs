using Farm.Contracts.Prompts;

namespace Farm.Worker.Execution.Events;

/// <summary>Takes the events of a run, from any thread, in order.</summary>
internal interface IRunSink
{
    /// <summary>Takes an event; never waits.</summary>
    void Emit(RunEvent happened);
}
