namespace Farm.Benchmarks;

/// <summary>A benchmark cannot run on this machine; the message says what it needs.</summary>
internal sealed class BenchmarkRefusedException(string message) : Exception(message);
