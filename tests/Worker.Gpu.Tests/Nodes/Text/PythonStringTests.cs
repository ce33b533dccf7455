using Farm.Worker.Nodes;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes.Text;

/// <summary>Text methods; expected values are what Python 3 prints.</summary>
public class PythonStringTests
{
    [Theory]
    [InlineData("straße ŉ ﬁ ᾳ ı", "STRASSE ʼN FI ΑΙ I")]
    [InlineData("ßa", "SSA")]
    public void Upper_SpecialCasing_GivesSeveralCharacters(string text, string expected) => Assert.Equal(expected, PythonString.Upper(text));

    [Theory]
    [InlineData("İX", "i̇x")]
    [InlineData("ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ")]
    [InlineData("ΑΣ' ΑΣ'Β", "ας' ασ'β")]
    public void Lower_DottedIAndFinalSigma_FollowUnicode(string text, string expected) => Assert.Equal(expected, PythonString.Lower(text));

    [Theory]
    [InlineData("hello WORLD foo", "Hello World Foo")]
    [InlineData("it's 3rd ﬂat ǆx", "It'S 3Rd Flat ǅx")]
    public void Title_Words_StartLarge(string text, string expected) => Assert.Equal(expected, PythonString.Title(text));

    [Theory]
    [InlineData("a😀bc", 1, 3, "😀b")]
    [InlineData("hello", -3, -1, "ll")]
    [InlineData("hello", 3, 1, "")]
    [InlineData("hello", -99, 99, "hello")]
    public void Slice_CodePoints_CountAsOne(string text, long start, long end, string expected) =>
        Assert.Equal(expected, PythonString.Slice(text, start, end));

    [Fact]
    public void Strip_PythonsBlanks_AreTakenOff() => Assert.Equal("\u200Bx", PythonString.Strip("\u001C\u0085\u00A0 \u200Bx\u3000\u001F"));

    [Theory]
    [InlineData("ab", "", "-", "-a-b-")]
    [InlineData("", "", "-", "-")]
    [InlineData("aaa", "aa", "b", "ba")]
    public void Replace_EmptyFind_StandsBetweenCharacters(string text, string find, string replacement, string expected) =>
        Assert.Equal(expected, PythonString.Replace(text, find, replacement));
}
