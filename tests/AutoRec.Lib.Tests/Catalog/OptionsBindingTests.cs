using AutoRec.Catalog;
using AutoRec.Models;

namespace AutoRec.Tests;

public sealed class OptionsBindingTests
{
    private static readonly ModelEntry Bias = ModelCatalog.Find("bias");

    [Fact]
    public void CreateTrainer_Settings_OverDefaults()
    {
        Bias.CreateTrainer([new("user-regularization", "2.5"), new("EPOCHS", "3")], out var options);
        Assert.Equal(new BiasOptions { UserRegularization = 2.5, Epochs = 3 }, options);
    }

    [Fact]
    public void CreateTrainer_UnknownOption_ErrorNamesAll()
    {
        var error = Assert.Throws<ArgumentException>(() => Bias.CreateTrainer([new("epoch", "3")], out _));
        Assert.Equal(
            "The model 'bias' has no option 'epoch'. Options: user-regularization, item-regularization, epochs, half-life.", error.Message);
    }

    [Fact]
    public void CreateTrainer_OutOfRange_ErrorNamesRange()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Bias.CreateTrainer([new("epochs", "0")], out _));
        Assert.StartsWith("Option 'epochs' must be between 1 and 10000; got 0.", error.Message);
    }

    [Theory]
    [InlineData("epochs", "ten", "a whole number")]
    [InlineData("epochs", "1.5", "a whole number")]
    [InlineData("user-regularization", "1,5x", "a number")]
    public void CreateTrainer_NotANumber_ErrorNamesTextAndWhatIsExpected(string option, string text, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Bias.CreateTrainer([new(option, text)], out _));
        Assert.Equal($"Option '{option}' must be {expected}; got '{text}'.", error.Message);
    }

    [Fact]
    public void CreateTrainer_ModelWithoutOptions_AnySettingIsUnknown() =>
        Assert.Contains(
            "'popularity' has no option 'epochs'",
            Assert.Throws<ArgumentException>(() => ModelCatalog.Find("popularity").CreateTrainer([new("epochs", "3")], out _)).Message);

    [Fact]
    public void Find_UnknownModel_ErrorNamesAll() =>
        Assert.Contains(
            "'svd'. Models: random, popularity, popularity-features, bias",
            Assert.Throws<ArgumentException>(() => ModelCatalog.Find("svd")).Message);
}
