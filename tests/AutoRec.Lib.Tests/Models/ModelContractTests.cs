using AutoRec.Catalog;

namespace AutoRec.Tests;

public sealed class PopularityContract() : RecommenderContract("popularity")
{
    protected override bool IsPersonalised => false;
}

public sealed class PopularityFeaturesContract() : RecommenderContract("popularity-features")
{
    protected override bool IsPersonalised => false;
}

public sealed class BiasContract() : RecommenderContract("bias")
{
    protected override bool IsPersonalised => false;
}

public sealed class AutoRecItemContract()
    : RecommenderContract(
        "autorec-item",
        ("hidden-units", "8"),
        ("epochs", "200"),
        ("regularization", "0.1"),
        ("learning-rate", "0.01"),
        ("batch-size", "7"));

public sealed class AutoRecUserContract()
    : RecommenderContract(
        "autorec-user",
        ("hidden-units", "8"),
        ("epochs", "200"),
        ("regularization", "0.1"),
        ("learning-rate", "0.01"),
        ("batch-size", "7"));

public sealed class MultVaeContract()
    : RecommenderContract(
        "mult-vae", ("hidden-units", "16"), ("latent-factors", "4"), ("epochs", "200"), ("learning-rate", "0.01"), ("batch-size", "7"));

public sealed class RandomContract() : RecommenderContract("random")
{
    protected override bool IsPersonalised => false;
}

public sealed class ItemKnnContract() : RecommenderContract("item-knn", ("neighbors", "5"));

public sealed class UserKnnContract() : RecommenderContract("user-knn", ("neighbors", "5"));

public sealed class IalsContract() : RecommenderContract("ials", ("latent-factors", "5"));

public sealed class IalsFeaturesContract() : RecommenderContract("ials-features", ("latent-factors", "5"));

public sealed class BiasedMfContract()
    : RecommenderContract("biased-mf", ("latent-factors", "4"), ("epochs", "200"), ("learning-rate", "0.03"), ("regularization", "0.01"));

public sealed class PmfEmContract() : RecommenderContract("pmf-em", ("latent-factors", "3"));

public sealed class SlimContract() : RecommenderContract("slim", ("l1", "0.5"), ("l2", "1"));

public sealed class EaseContract() : RecommenderContract("ease", ("regularization", "1"));

public sealed class EaseWithDropoutContract() : RecommenderContract("ease", ("regularization", "0.5"), ("dropout", "0.2"));

public sealed class DlaeContract() : RecommenderContract("ease", ("regularization", "0.5"), ("dropout", "0.2"), ("zero-diagonal", "false"));

public sealed class SansaContract() : RecommenderContract("sansa", ("regularization", "1"), ("density", "0.3"));

public sealed class InfiniteAeContract() : RecommenderContract("infinite-ae", ("regularization", "0.1"));

public sealed class InfiniteAeWithLandmarksContract() : RecommenderContract("infinite-ae", ("regularization", "0.1"), ("landmarks", "12"));

public sealed class EnsembleRatingContract() : RecommenderContract(
    "ensemble-rating",
    ("models", "biased-mf:latent-factors=4:epochs=100:learning-rate=0.03:regularization=0.01+"
        + "autorec-user:hidden-units=8:epochs=100:regularization=0.1:learning-rate=0.01:batch-size=7"));

public sealed class EnsembleRankingContract() : RecommenderContract(
    "ensemble-ranking", ("models", "ease:regularization=1+item-knn:neighbors=5"));

public sealed class ModelContractTests
{
    [Fact]
    public void Catalogue_EveryModel_HasAContract()
    {
        var covered = typeof(RecommenderContract).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(RecommenderContract)))
            .Select(type => ((RecommenderContract)Activator.CreateInstance(type)!).Name);
        Assert.Equal([], ModelCatalog.All.Select(entry => entry.Name).Except(covered));
    }

    [Fact]
    public void Catalogue_EveryModel_HasDefaultsWithinTheirRanges() =>
        Assert.All(ModelCatalog.All, entry => Assert.NotNull(entry.CreateTrainer([], out _)));
}
