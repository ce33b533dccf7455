namespace Farm.Engine.Weights;

/// <summary>A weights file or a tensor in it breaks a rule. The message names the file or tensor, the value seen and the rule.</summary>
public sealed class WeightsFormatException : Exception
{
    /// <summary>Creates the error with a message fit for a user.</summary>
    public WeightsFormatException(string message) : base(message) { }

    /// <summary>Creates the error with a message fit for a user and the exception that revealed it.</summary>
    public WeightsFormatException(string message, Exception innerException) : base(message, innerException) { }
}
