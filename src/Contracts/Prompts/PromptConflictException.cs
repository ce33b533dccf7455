namespace Farm.Contracts.Prompts;

/// <summary>A prompt_id that is a UUID was submitted before with another body: a repetition must be the same. The gateway answers 409.</summary>
[GenerateSerializer, Alias("farm.PromptConflictException")]
public sealed class PromptConflictException : Exception
{
    /// <summary>Without details.</summary>
    public PromptConflictException() : this("The prompt_id was submitted before with another body.") { }

    /// <summary>With a text of its own.</summary>
    public PromptConflictException(string message) : base(message) { }

    /// <summary>With the failure behind it.</summary>
    public PromptConflictException(string message, Exception inner) : base(message, inner) { }
}
