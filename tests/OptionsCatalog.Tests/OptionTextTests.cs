using Xunit;

namespace Farm.OptionsCatalog.Tests;

/// <summary>What is read from a summary, and what is told of one that does not hold.</summary>
public sealed class OptionTextTests
{
    [Theory]
    [InlineData("How long. Default: 5 s.", "How long", "5 s", "")]
    [InlineData("How long. Default 5 s, below the other.", "How long", "5 s", ", below the other")]
    [InlineData("How many. 2,000 by default; 0 for any.", "How many", "2,000", "; 0 for any")]
    [InlineData("Uploads; default `{Root}/input`.", "Uploads", "`{Root}/input`", "")]
    [InlineData("The folder. By default the one in `Root`.", "The folder", "the one in `Root`", "")]
    [InlineData("Whether, as ComfyUI. True by default. It costs.", "Whether, as ComfyUI. It costs", "True", "")]
    [InlineData("No default is told", "No default is told", "", "")]
    public void Summary_WithADefault_IsTakenApart(string summary, string meaning, string words, string rest) =>
        Assert.Equal(new OptionText(meaning, words, rest), OptionText.Parse(summary));

    [Theory]
    [InlineData("How long. Default 6 s.", "is 00:00:05 by default, and its doc says 6 s")]
    [InlineData("How long. 5 min by default.", "is 00:00:05 by default, and its doc says 5 min")]
    public void Default_ThatTheDocNamesWrongly_IsTold(string summary, string problem)
    {
        var problems = new List<string>();
        DefaultText.Write("Farm:X:Y", TimeSpan.FromSeconds(5), OptionText.Parse(summary), problems);
        Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_EmptyAndNotTold_IsAProblem()
    {
        var problems = new List<string>();
        DefaultText.Write("Farm:X:Y", "", OptionText.Parse("Where it is."), problems);
        Assert.Single(problems);
    }
}
