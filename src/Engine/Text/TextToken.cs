using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>A token as an encoder takes it.</summary>
/// <param name="Id">Its id in the vocabulary; unused where <paramref name="Vector"/> is given.</param>
/// <param name="Weight">How strongly it counts; 1 is plain.</param>
/// <param name="Vector">A vector of an embedding file in place of the vocabulary's, [width]; null for words.</param>
public readonly record struct TextToken(int Id, double Weight, Tensor? Vector = null);

/// <summary>Finds the vectors of embedding files (textual inversion, arXiv 2208.01618) by name.</summary>
public interface ITextEmbeddings
{
    /// <summary>The vectors [n, width] that a name stands for, as an encoder wants them; null when there is no such file or it is of another width.</summary>
    /// <param name="name">What follows <c>embedding:</c> in the text.</param>
    /// <param name="encoder">The encoder's name, <c>l</c> or <c>g</c>, as some files have vectors for several.</param>
    /// <param name="width">Width of the encoder's token vectors.</param>
    Tensor? Find(string name, string encoder, long width);
}
