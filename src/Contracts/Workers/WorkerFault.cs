namespace Farm.Contracts.Workers;

/// <summary>What went wrong on the worker's side, not the prompt's. Stored by number.</summary>
public enum WorkerFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its lease ended: it died, was cut off, or was too busy to renew it.</summary>
    LostLease = 1,

    /// <summary>Its device failed: a CUDA error other than missing memory. What the process computes from then on is not to be trusted.</summary>
    Device = 2,

    /// <summary>Its device's memory ran out, also after all models were unloaded.</summary>
    DeviceMemory = 3,

    /// <summary>A run on it stood still (<c>Farm:Prompts:StepTimeout</c>) though its lease was renewed.</summary>
    Stalled = 4,

    /// <summary>Nothing: an operator set it aside.</summary>
    Operator = 5,
}
