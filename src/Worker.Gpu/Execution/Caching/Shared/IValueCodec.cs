using MessagePack;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>Writes values of one type as MessagePack, bit by bit as they are.</summary>
internal interface IValueCodec
{
    /// <summary>What marks such values among others; never changed, as results outlive a worker.</summary>
    string Name { get; }

    /// <summary>The type of the values.</summary>
    Type Type { get; }

    /// <summary>Writes one MessagePack value; false when this one is not for other workers.</summary>
    bool Write(ref MessagePackWriter writer, object value, ResultFormat format);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    object Read(ref MessagePackReader reader, ResultFormat format);
}
