namespace Farm.Engine.Memory;

/// <summary>A step does not fit the device's memory, with every model unloaded that it does not need.</summary>
public sealed class DeviceMemoryException(string message, Exception innerException) : Exception(message, innerException);
