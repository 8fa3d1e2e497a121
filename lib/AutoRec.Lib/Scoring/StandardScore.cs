using System.Numerics.Tensors;

namespace AutoRec.Scoring;

/// <summary>Makes scores of different models comparable.</summary>
internal static class StandardScore
{
    /// <summary>Brings scores to mean 0 and standard deviation 1; scores that are all equal become 0.</summary>
    /// <returns>The standard deviation; 1 if the scores are all equal.</returns>
    public static float Standardize(Span<float> scores)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Sum<float>(scores) / scores.Length, scores);
        var deviation = TensorPrimitives.Norm<float>(scores) / MathF.Sqrt(scores.Length);
        if (deviation == 0)
        {
            return 1;
        }

        TensorPrimitives.Divide(scores, deviation, scores);
        return deviation;
    }
}
