using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>WAV files of 32-bit floats, the form in which sound goes to ffmpeg and comes back.</summary>
internal static class WaveFiles
{
    private const int HeaderSize = 44;
    private const ushort FloatFormat = 3;
    private const ushort ExtensibleFormat = 0xFFFE;

    /// <summary>Writes fp32 [channels, samples].</summary>
    public static void Write(Stream file, Tensor waveform, long sampleRate)
    {
        using var scope = NewDisposeScope();
        var samples = waveform.transpose(0, 1).to(ScalarType.Float32).cpu().contiguous();
        var channels = (ushort)waveform.shape[0];
        var header = new byte[HeaderSize];
        Encoding.ASCII.GetBytes("RIFF").CopyTo(header, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), uint.MaxValue); // read to the end of the pipe
        Encoding.ASCII.GetBytes("WAVEfmt ").CopyTo(header, 8);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), FloatFormat);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), (uint)(sampleRate * channels * sizeof(float)));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), (ushort)(channels * sizeof(float)));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 8 * sizeof(float));
        Encoding.ASCII.GetBytes("data").CopyTo(header, 36);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), uint.MaxValue);
        file.Write(header);
        file.Write(samples.bytes);
    }

    /// <summary>Reads a file as fp32 [1, channels, samples].</summary>
    /// <exception cref="NodeFailedException">It is none of 32-bit floats.</exception>
    public static Audio Read(byte[] file)
    {
        var (channels, rate) = (0, 0L);
        for (var at = 12; at + 8 <= file.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 4));
            var content = file.AsSpan(at + 8, (int)Math.Min(size, file.Length - at - 8));
            switch (Encoding.ASCII.GetString(file, at, 4))
            {
                case "fmt " when content.Length >= 16 && BinaryPrimitives.ReadUInt16LittleEndian(content) is FloatFormat or ExtensibleFormat:
                    channels = BinaryPrimitives.ReadUInt16LittleEndian(content[2..]);
                    rate = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]);
                    break;
                case "data" when channels > 0:
                    var samples = MemoryMarshal.Cast<byte, float>(content[..(content.Length / (channels * sizeof(float)) * channels * sizeof(float))]).ToArray();
                    return new Audio(tensor(samples).view(-1, channels).transpose(0, 1).unsqueeze(0).contiguous(), rate);
            }
            at += 8 + content.Length + content.Length % 2;
        }
        throw NodeFailedException.ValueError("the audio has no samples");
    }
}
