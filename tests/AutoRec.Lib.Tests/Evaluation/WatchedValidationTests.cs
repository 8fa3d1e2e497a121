using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Evaluation;

public sealed class WatchedValidationTests
{
    [Fact]
    public void Fit_Watched_ChoosesAsIfNobodyWatchedAndKeepsTheTestErrorOfEachEpoch()
    {
        var split = new RandomSplitter(0.8).Split(DataSets.Load("sample").Interactions, 1);
        var inner = new RandomSplitter(0.9).Split(split.TrainLog, 1);
        var trainer = new BiasedMfTrainer(new BiasedMfOptions { LatentFactors = 4, Epochs = 4 });
        var validation = new RatingValidation(inner.Train, inner.Test);
        var watched = new WatchedValidation(validation, new RatingValidation(inner.Train, split.Test));

        var alone = trainer.Fit(inner.Train, new FitContext { Validation = validation });
        var model = trainer.Fit(inner.Train, new FitContext { Validation = watched });

        Assert.Equal(alone.TrainingHistory.Select(report => report.Validation), model.TrainingHistory.Select(report => report.Validation));
        Assert.Equal(4, watched.TestValues.Count);
        var best = model.TrainingHistory.Last(report => report.IsBest).Epoch;
        Assert.Equal(Evaluator.MeasureRatings(model, inner.Train, split.Test).Rmse, watched.TestValues[best - 1]);
    }
}
