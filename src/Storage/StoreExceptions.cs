namespace Farm.Storage;

/// <summary>A file cannot have a name: a folder has it, or a part of its path is a file.</summary>
/// <param name="name">The path in its area.</param>
public sealed class NameConflictException(string name) : IOException($"'{name}' is the name of a folder, or lies below a file.");

/// <summary>What keeps the files cannot be reached or refuses the farm.</summary>
/// <param name="message">Which store, and what it said; never its keys.</param>
/// <param name="cause">What went wrong.</param>
public sealed class FilesUnavailableException(string message, Exception cause) : IOException(message, cause);
