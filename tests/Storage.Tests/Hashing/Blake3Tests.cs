using Farm.Storage.Hashing;
using Xunit;

namespace Farm.Storage.Tests.Hashing;

public sealed class Blake3Tests
{
    // From the test vectors of the BLAKE3 team (CC0): input bytes are 0, 1, …, 250, 0, 1, …; the first 32 bytes of the hash.
    [Theory]
    [InlineData(0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")]
    [InlineData(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213")]
    [InlineData(1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11")]
    [InlineData(1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7")]
    [InlineData(1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444")]
    [InlineData(2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a")]
    [InlineData(8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63")]
    [InlineData(31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47")]
    [InlineData(102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085")]
    public void Hash_PublishedVectors_AreEqual(int length, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Blake3.Hash(Content(length))));

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(8192)]
    [InlineData(8193)]
    public void Append_InPiecesOfAnySize_GivesTheHashOfTheWhole(int piece)
    {
        foreach (var length in (int[])[0, 1, 8191, 8192, 8193, 16384, 40000, 70001])
        {
            var content = Content(length);
            var hasher = new Blake3();
            foreach (var part in content.Chunk(piece))
                hasher.Append(part);
            Assert.Equal(Blake3.Hash(content), hasher.Finish());
        }
    }

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
}
