
namespace AutoRec.Evaluation;

/// <summary>
/// How far predicted ratings lie from true ones: micro averages over ratings, in units of the rating scale, 0 at best.
/// </summary>
public static class RatingMetrics
{
    /// <summary>RMSE = sqrt(1/n * sum of (predicted - actual)^2).</summary>
    /// <param name="predicted">Predicted ratings, finite.</param>
    /// <param name="actual">True ratings, finite, in the same order; at least one.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no rating, or one is not finite.</exception>
    public static double Rmse(ReadOnlySpan<float> predicted, ReadOnlySpan<float> actual)
    {
        var sum = 0.0;
        for (var i = 0; i < Checked(predicted, actual); i++)
        {
            var error = (double)predicted[i] - actual[i];
            sum += error * error;
        }

        return Math.Sqrt(Finite(sum / predicted.Length));
    }

    /// <summary>MAE = 1/n * sum of |predicted - actual|.</summary>
    /// <inheritdoc cref="Rmse"/>
    public static double Mae(ReadOnlySpan<float> predicted, ReadOnlySpan<float> actual)
    {
        var sum = 0.0;
        for (var i = 0; i < Checked(predicted, actual); i++)
        {
            sum += Math.Abs((double)predicted[i] - actual[i]);
        }

        return Finite(sum / predicted.Length);
    }

    private static int Checked(ReadOnlySpan<float> predicted, ReadOnlySpan<float> actual)
    {
        if (predicted.Length != actual.Length)
        {
            throw new ArgumentException($"There are {predicted.Length} predictions for {actual.Length} ratings.");
        }

        if (actual.IsEmpty)
        {
            throw new ArgumentException("There is no rating to measure by.");
        }

        return actual.Length;
    }

    // Sums of squares of floats cannot overflow a double, so a sum that is not finite holds an input that is not.
    private static double Finite(double value) =>
        double.IsFinite(value) ? value : throw new ArgumentException("A prediction or rating is not a finite number.");
}
