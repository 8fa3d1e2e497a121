using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Tests.Catalog;

namespace AutoRec.Tests.Serving;

public sealed class SimilarItemsTests
{
    [Fact]
    public void Score_ModelWithoutVectors_WeightedCosinesByHand()
    {
        // cos(x, w) = 0.6, cos(x, y) = 0.8, cos(w, y) = 0; 5 of 1..5 weighs 1, 3 weighs 0.1 + 0.9 / 2 = 0.55.
        var fitted = FittedModels.Fit("popularity");
        var model = new SimilarItems(new LatentSpace(fitted.Entry, fitted.Model, fitted.Interactions));
        var history = InteractionMatrix.FromTriplets(1, 4, [0, 0], [0, 1], [5, 3], RatingScale.OneToFive);
        var scores = new float[4];
        model.Score(Histories.OfNewUsers(history), scores);
        Assert.Equal(0.55 * 0.6, scores[0], 1e-6);
        Assert.Equal(0.55 * 0.8, scores[2], 1e-6);
        Assert.Equal(0.6, scores[1], 1e-6);
        Assert.Equal(0, scores[3]);
    }

    [Fact]
    public void Blend_TwoModels_StandardisedAndMixed()
    {
        // (0, 0, 3, 1): mean 1, standard deviation sqrt(6 / 4). (2, 0, 0, 2): mean 1, standard deviation 1.
        var blend = new Blend(new Fixed([0, 0, 3, 1]), new Fixed([2, 0, 0, 2]), 0.25);
        var scores = new float[4];
        blend.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 4, [], [], [])), scores);
        var deviation = Math.Sqrt(1.5);
        Assert.Equal((0.75 * -1 / deviation) + 0.25, scores[0], 1e-6);
        Assert.Equal((0.75 * -1 / deviation) - 0.25, scores[1], 1e-6);
        Assert.Equal((0.75 * 2 / deviation) - 0.25, scores[2], 1e-6);
        Assert.Equal(0.25, scores[3], 1e-6);
    }

    [Fact]
    public void PrincipalComponents_PointsOnATiltedEllipse_AxesAndShares()
    {
        // Along (3, 4) / 5 with 5 and -5, across with 1 and -1: variances 12.5 and 0.5, and nothing in the third dimension.
        float[][] points = [[3, 4, 7], [-3, -4, 7], [-0.8f, 0.6f, 7], [0.8f, -0.6f, 7]];
        var map = PrincipalComponents.Of(points);
        Assert.Equal(25.0 / 26, map.Shares[0], 1e-6);
        Assert.Equal(1.0 / 26, map.Shares[1], 1e-6);
        double[] along = [5, -5, 0, 0];
        Assert.All(along.Zip(map.Coordinates[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal([0, 0, 1, 1], map.Coordinates[1].Select(value => Math.Round(Math.Abs(value), 5)));
    }

    [Fact]
    public void PrincipalComponents_OneVector_Throws() => Assert.Throws<ArgumentException>(() => PrincipalComponents.Of([[1f, 2f]]));

    private sealed class Fixed(float[] scores) : IRecommender
    {
        public int ItemCount => scores.Length;

        public void Score(Histories histories, Memory<float> into) => scores.CopyTo(into);
    }
}
