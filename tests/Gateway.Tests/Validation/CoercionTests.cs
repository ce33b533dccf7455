using Farm.Gateway.Http;
using Farm.Gateway.Validation;
using Xunit;

namespace Farm.Gateway.Tests.Validation;

/// <summary>Values and texts of ComfyUI 0.19.3's coercion (execution semantics 5.6 and 22.32, recorded).</summary>
public class CoercionTests
{
    [Theory]
    [Trait("Rule", "22.32")]
    [InlineData("INT", "5.7", "5")]
    [InlineData("INT", "-5.7", "-5")]
    [InlineData("INT", "\"7\"", "7")]
    [InlineData("INT", "\" 1_000 \"", "1000")]
    [InlineData("INT", "true", "1")]
    [InlineData("INT", "18446744073709551615", "18446744073709551615")]
    [InlineData("INT", "1e3", "1000")]
    [InlineData("FLOAT", "true", "1.0")]
    [InlineData("FLOAT", "3", "3.0")]
    [InlineData("FLOAT", "0.50", "0.50")]
    [InlineData("FLOAT", "\"1e-5\"", "1e-05")]
    [InlineData("FLOAT", "\"nan\"", "\"NaN\"")]
    [InlineData("FLOAT", "\"-inf\"", "-1e999")]
    [InlineData("STRING", "null", "\"None\"")]
    [InlineData("STRING", "true", "\"True\"")]
    [InlineData("STRING", "1.0", "\"1.0\"")]
    [InlineData("STRING", "{\"a\": 1}", "\"{'a': 1}\"")]
    [InlineData("BOOLEAN", "\"false\"", "true")]
    [InlineData("BOOLEAN", "0", "false")]
    [InlineData("BOOLEAN", "{}", "false")]
    [InlineData("INT,FLOAT", "\"7\"", "\"7\"")]
    [InlineData("*", "1.0", "1.0")]
    public void Rule5_6_Literal_OfAnotherKind_BecomesTheDeclaredType(string type, string value, string expected) =>
        Assert.Equal(expected, JsonText.String(Coercion.Coerce(type, JsonText.Value(value)).GetRawText()).GetString());

    [Theory]
    [InlineData("INT", "\"5.5\"", "invalid literal for int() with base 10: '5.5'")]
    [InlineData("INT", "\"1__0\"", "invalid literal for int() with base 10: '1__0'")]
    [InlineData("INT", "null", "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'")]
    [InlineData("INT", "{}", "int() argument must be a string, a bytes-like object or a real number, not 'dict'")]
    [InlineData("INT", "[1]", "int() argument must be a string, a bytes-like object or a real number, not 'list'")]
    [InlineData("FLOAT", "\"x\"", "could not convert string to float: 'x'")]
    [InlineData("FLOAT", "\"\"", "could not convert string to float: ''")]
    [InlineData("FLOAT", "null", "float() argument must be a string or a real number, not 'NoneType'")]
    public void Rule5_6_Literal_ThatCannotBeTurned_FailsWithPythonsText(string type, string value, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => Coercion.Coerce(type, JsonText.Value(value))).Message);
}
