using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class RatingNetworkModelTests
{
    [Theory]
    [InlineData("deep-ae:widths=12-5")]
    [InlineData("deep-ae:widths=12:center=none:output-activation=sigmoid")]
    [InlineData("gaussian-vae:hidden-units=12:latent-factors=5")]
    [InlineData("gaussian-vae:hidden-units=0:latent-factors=5:center=none")]
    public void Predict_ManyUsersAtOnce_SameAsOneByOne(string model)
    {
        const int Users = 600; // more than a part of the users that are computed together
        var random = new Random(5);
        var (train, pairs) = (Cells(6_000), Cells(4_000));
        var spec = ModelSpec.Parse(model);
        var trainer = ModelCatalog.Find(spec.Model).CreateTrainer([.. spec.Settings, new("epochs", "3")], out _);
        var fitted = (IRatingPredictor)trainer.Fit(train, new FitContext());
        var histories = Histories.OfTraining(train);
        var together = new float[pairs.Count];
        fitted.Predict(histories, pairs, together);
        for (var user = 0; user < Users; user++)
        {
            var alone = new float[pairs.RowLength(user)];
            fitted.Predict(histories.Select([user]), pairs.SelectRows([user]), alone);
            Assert.All(
                together.AsSpan(pairs.Offsets[user], alone.Length).ToArray().Zip(alone),
                pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        }

        Assert.True(together.Distinct().Count() > pairs.Count / 2, "Predictions differ from each other.");

        InteractionMatrix Cells(int count) => SomeRatings.OfCells(
            Users, 50, [.. Enumerable.Range(0, count).Select(_ => (random.Next(Users), random.Next(50), random.Next(1, 6)))]);
    }
}
