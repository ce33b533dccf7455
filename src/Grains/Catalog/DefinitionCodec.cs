using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using MessagePack;
using MessagePack.ImmutableCollection;
using MessagePack.Resolvers;

namespace Farm.Grains.Catalog;

/// <summary>Node definitions as MessagePack: compressed at rest, plain for comparison.</summary>
internal static class DefinitionCodec
{
    private static readonly MessagePackSerializerOptions Plain = MessagePackSerializerOptions.Standard
        .WithSecurity(MessagePackSecurity.UntrustedData)
        .WithResolver(CompositeResolver.Create(ImmutableCollectionResolver.Instance, ContractlessStandardResolver.Instance));

    private static readonly MessagePackSerializerOptions AtRest = Plain.WithCompression(MessagePackCompression.Lz4BlockArray);

    /// <summary>Definitions as they are stored.</summary>
    public static byte[] Encode(ImmutableArray<NodeDefinition> definitions) => MessagePackSerializer.Serialize(definitions, AtRest);

    /// <summary>Stored definitions.</summary>
    public static ImmutableArray<NodeDefinition> Decode(byte[] stored) =>
        MessagePackSerializer.Deserialize<ImmutableArray<NodeDefinition>>(stored, AtRest);

    /// <summary>One definition's bytes: equal for equal definitions.</summary>
    public static byte[] Fingerprint(NodeDefinition definition) => MessagePackSerializer.Serialize(definition, Plain);
}
