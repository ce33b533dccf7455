using System.Text.Json;
using Farm.Contracts.Text;
using Xunit;

namespace Farm.Contracts.Tests.Text;

/// <summary>The expected texts are what Python 3.11 prints for the same values.</summary>
public class PythonTextTests
{
    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(5.0, "5.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.01, "0.01")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1e-05, "1e-05")]
    [InlineData(1.5e-05, "1.5e-05")]
    [InlineData(1000000000000000.0, "1000000000000000.0")]
    [InlineData(1e+16, "1e+16")]
    [InlineData(1.5e+16, "1.5e+16")]
    [InlineData(9999999999999998.0, "9999999999999998.0")]
    [InlineData(1e+22, "1e+22")]
    [InlineData(1e+23, "1e+23")]
    [InlineData(1.7976931348623157e+308, "1.7976931348623157e+308")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(100.0, "100.0")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(0.3333333333333333, "0.3333333333333333")]
    [InlineData(123.456, "123.456")]
    [InlineData(9.99e-05, "9.99e-05")]
    [InlineData(0.00099, "0.00099")]
    [InlineData(0.001, "0.001")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Float_AnyDouble_IsPythonsRepr(double value, string expected) => Assert.Equal(expected, PythonText.Float(value));

    [Theory]
    [InlineData("plain", "'plain'", "\"plain\"")]
    [InlineData("it's", "\"it's\"", "\"it's\"")]
    [InlineData("say \"x\"", "'say \"x\"'", "\"say \\\"x\\\"\"")]
    [InlineData("both ' and \"", "'both \\' and \"'", "\"both ' and \\\"\"")]
    [InlineData("back\\slash", "'back\\\\slash'", "\"back\\\\slash\"")]
    [InlineData("new\u000aline\u0009tab\u000dcr", "'new\\nline\\ttab\\rcr'", "\"new\\nline\\ttab\\rcr\"")]
    [InlineData("\u0000\u001f\u007f", "'\\x00\\x1f\\x7f'", "\"\\u0000\\u001f\\u007f\"")]
    [InlineData("\u00fc\u2615", "'\u00fc\u2615'", "\"\\u00fc\\u2615\"")]
    [InlineData("\u00a0\u200b\u2028", "'\\xa0\\u200b\\u2028'", "\"\\u00a0\\u200b\\u2028\"")]
    [InlineData("\ue000", "'\\ue000'", "\"\\ue000\"")]
    [InlineData("\U0001f600", "'\U0001f600'", "\"\\ud83d\\ude00\"")]
    [InlineData("\u00ad", "'\\xad'", "\"\\u00ad\"")]
    [InlineData("", "''", "\"\"")]
    public void Text_WithSpecialCharacters_IsEscapedAsPythonDoes(string text, string repr, string json)
    {
        Assert.Equal(repr, PythonText.Repr(text));
        Assert.Equal(json, PythonText.Dumps(text));
    }

    [Theory]
    [InlineData("null", "None", "None", "null")]
    [InlineData("true", "True", "True", "true")]
    [InlineData("false", "False", "False", "false")]
    [InlineData("1", "1", "1", "1")]
    [InlineData("-0", "0", "0", "0")]
    [InlineData("0", "0", "0", "0")]
    [InlineData("1.0", "1.0", "1.0", "1.0")]
    [InlineData("1e3", "1000.0", "1000.0", "1000.0")]
    [InlineData("1E-7", "1e-07", "1e-07", "1e-07")]
    [InlineData("12345678901234567890123", "12345678901234567890123", "12345678901234567890123", "12345678901234567890123")]
    [InlineData("-1.50", "-1.5", "-1.5", "-1.5")]
    [InlineData("\"x\"", "x", "'x'", "\"x\"")]
    [InlineData("[]", "[]", "[]", "[]")]
    [InlineData("{}", "{}", "{}", "{}")]
    [InlineData("[1, \"a\", null, [true]]", "[1, 'a', None, [True]]", "[1, 'a', None, [True]]", "[1, \"a\", null, [true]]")]
    [InlineData("{\"a\":1,\"b\":[1.0,{\"c\":\"d'e\"}],\"\\u00fc\":null}", "{'a': 1, 'b': [1.0, {'c': \"d'e\"}], '\u00fc': None}", "{'a': 1, 'b': [1.0, {'c': \"d'e\"}], '\u00fc': None}", "{\"a\": 1, \"b\": [1.0, {\"c\": \"d'e\"}], \"\\u00fc\": null}")]
    [InlineData("1e400", "inf", "inf", "Infinity")]
    [InlineData("[\"nearest-exact\",\"area\"]", "['nearest-exact', 'area']", "['nearest-exact', 'area']", "[\"nearest-exact\", \"area\"]")]
    public void Value_OfAnyKind_PrintsAsPythonDoes(string value, string str, string repr, string json)
    {
        using var parsed = JsonDocument.Parse(value);

        Assert.Equal(str, PythonText.Str(parsed.RootElement));
        Assert.Equal(repr, PythonText.Repr(parsed.RootElement));
        Assert.Equal(json, PythonText.Dumps(parsed.RootElement));
    }
}
