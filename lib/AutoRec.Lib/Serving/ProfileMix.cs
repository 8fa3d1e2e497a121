using System.Numerics.Tensors;

namespace AutoRec.Serving;

/// <summary>How a profile and a model go together for users with a short history.</summary>
internal static class ProfileMix
{
    /// <summary>From so many items on a profile adds nothing.</summary>
    public const int LongHistory = 50;

    // Chosen on MovieLens 1M, with users held out by other seeds than those of the notebook, for EASE and iALS, and for Mult-DAE.
    private const double Balance = 100;
    private const double LogitBalance = 2;

    /// <summary>
    /// Adds what a profile says to the scores of a model. Logits of a multinomial model know how popular items are, so naive Bayes
    /// goes on from there: what the attributes add, 2 / (n + 2) of it, as a longer history tells the same. Other scores are mixed with those
    /// of the profile, both on the scale of their standard deviation: n / (n + 100) of the first and 100 / (n + 100) of the second.
    /// </summary>
    /// <param name="scores">The scores of the model, then the mixture: [items].</param>
    /// <param name="profiles">Says of the profile.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="shown">n, the items of the history.</param>
    /// <param name="isMultinomial">Whether the scores are logits.</param>
    public static void Mix(Span<float> scores, ProfileModel profiles, IReadOnlyDictionary<string, string> profile, int shown, bool isMultinomial)
    {
        var byProfile = new float[scores.Length];
        if (isMultinomial)
        {
            profiles.AddRatios(profile, byProfile);
            var part = (float)(LogitBalance / (shown + LogitBalance));
            TensorPrimitives.MultiplyAdd(byProfile, part, scores, scores);
            return;
        }

        profiles.Score(profile, byProfile);
        Blend.Mix(scores, byProfile, (float)(Balance / (shown + Balance)));
    }
}
