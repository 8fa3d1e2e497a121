using AutoRec.Models.Numerics;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Catalog.Ensembles;

/// <summary>
/// Weights of models by stacked regression (Breiman, "Stacked Regressions", Machine Learning 24, 1996), with a ridge towards equal weights:
/// minimises <c>sum (r - b - sum_m w_m p_m)^2 + lambda s^2 sum_m (w_m - 1/M)^2</c> over held-out ratings r, with p_m the prediction of
/// model m of M and s^2 the variance of r. The intercept b is not penalised.
/// </summary>
internal static class RatingWeights
{
    /// <summary>Learns weights.</summary>
    /// <param name="models">Models that have not seen the ratings.</param>
    /// <param name="heldOut">The ratings, at least one.</param>
    /// <param name="regularization">Lambda, above 0.</param>
    public static EnsembleWeights Learn(IReadOnlyList<IRatingPredictor> models, HeldOut heldOut, double regularization)
    {
        var ratings = heldOut.Targets.Values();
        var predictions = new float[models.Count][];
        for (var m = 0; m < models.Count; m++)
        {
            predictions[m] = new float[ratings.Length];
            models[m].Predict(heldOut.Histories, heldOut.Targets, predictions[m]);
        }

        return Solve(predictions, ratings, regularization);
    }

    /// <summary>Solves for weights.</summary>
    /// <param name="predictions">Of each model the predictions: [models][ratings].</param>
    /// <param name="ratings">The true ratings, at least one: [ratings].</param>
    /// <param name="regularization">Lambda, above 0.</param>
    public static EnsembleWeights Solve(float[][] predictions, ReadOnlySpan<float> ratings, double regularization)
    {
        // With x_m = p_m less its mean and y = r less its mean, the weights are 1/M + v where
        // (X'X + lambda s^2 I) v = X'(y - X 1/M). Sums run over the ratings in order: the result depends on nothing else.
        var (count, equal) = (predictions.Length, 1.0 / predictions.Length);
        var mean = Mean(ratings);
        var means = Array.ConvertAll(predictions, ofModel => Mean(ofModel));
        var (gram, right, variance) = (new double[count * count], new double[count], 0.0);
        var x = new double[count];
        for (var i = 0; i < ratings.Length; i++)
        {
            var mixed = 0.0;
            for (var m = 0; m < count; m++)
            {
                x[m] = predictions[m][i] - means[m];
                mixed += x[m] * equal;
            }

            var y = ratings[i] - mean;
            variance += y * y / ratings.Length;
            for (var m = 0; m < count; m++)
            {
                right[m] += x[m] * (y - mixed);
                for (var n = 0; n <= m; n++)
                {
                    gram[(m * count) + n] += x[m] * x[n];
                }
            }
        }

        if (variance == 0)
        {
            return EnsembleWeights.Equal(count);
        }

        for (var m = 0; m < count; m++)
        {
            gram[(m * count) + m] += regularization * variance;
        }

        Cholesky.Factor(gram, count);
        Cholesky.Solve(gram, right);
        float[] weights = [.. right.Select(change => (float)(equal + change))];
        return new EnsembleWeights(weights, (float)(mean - weights.Zip(means, (weight, ofModel) => weight * ofModel).Sum()));
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
