using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>A line of models of one layout. It knows its own by the names and shapes of tensors alone, and builds their parts.</summary>
internal interface IModelFamily
{
    /// <summary>Name for reports.</summary>
    string Name { get; }

    /// <summary>Whether a file's tensors are of this family. Families exclude each other, so their order does not matter.</summary>
    bool Matches(StateDict file);

    /// <summary>Builds the parts of a file that matches.</summary>
    /// <exception cref="WeightsFormatException">A tensor that the family needs is missing or of another shape.</exception>
    LoadedCheckpoint Build(StateDict file, PartBuilder parts);
}
