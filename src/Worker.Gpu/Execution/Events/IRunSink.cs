using Farm.Contracts.Prompts;

namespace Farm.Worker.Execution.Events;

/// <summary>Takes the events of a run, from any thread, in order.</summary>
internal interface IRunSink
{
    /// <summary>Takes events that belong together, a picture and the step it shows: they are reported together. Never waits.</summary>
    void Emit(params ReadOnlySpan<RunEvent> together);
}
