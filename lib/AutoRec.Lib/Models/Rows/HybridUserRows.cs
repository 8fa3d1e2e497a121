using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>A hybrid AutoRec over user rows.</summary>
/// <param name="Network">The network.</param>
/// <param name="Features">The features of the training users: [users x features].</param>
/// <param name="Ratings">What lies between ratings and the network's values.</param>
internal sealed record HybridUserRows(HybridAutoRecNetwork Network, InteractionMatrix Features, UserRowRatings Ratings)
{
    public Tensor Reconstruct(Histories histories)
    {
        var centred = CentredRows.Of(Ratings.Frame.ToValues(histories.Interactions), Ratings.Frame);
        return centred.Restore(Network.forward(cat([centred.Input, FeaturesOf(histories)], 1)));
    }

    public ModelState Save() => Ratings.Frame.SaveTo(NetworkState.Of(Network))
        .Add("feature_offsets", Features.Offsets.ToArray())
        .Add("feature_columns", Features.Columns().ToArray())
        .Add("feature_values", Features.Values().ToArray());

    public static HybridUserRows Load(ModelState state)
    {
        var ratings = new UserRowRatings(RatingFrame.Load(state));
        var ((hidden, _), (items, code)) = (state.Size("encoder.weight"), state.Size("decoder.weight"));
        var featureCount = code - hidden;
        state.Require("encoder.weight", hidden, items + featureCount).Require("decoder.weight", ratings.Frame.ItemCount, code);
        var offsets = state.Ints("feature_offsets");
        var users = Enumerable.Range(0, offsets.Length - 1);
        int[] rows = [.. users.SelectMany(user => Enumerable.Repeat(user, offsets[user + 1] - offsets[user]))];
        var (columns, values) = (state.Ints("feature_columns"), state.Floats("feature_values"));
        var features = InteractionMatrix.FromTriplets(offsets.Length - 1, featureCount, rows, columns, values);
        var network =
            NetworkState.Load(state, generator => new HybridAutoRecNetwork(ratings.Frame.ItemCount, featureCount, hidden, generator));
        return new HybridUserRows(network, features, ratings);
    }

    // Zeros for users the model was not trained on: [users x features].
    private Tensor FeaturesOf(Histories histories)
    {
        var known = histories.TrainingRows.ToArray();
        var mask = tensor(Array.ConvertAll(known, row => row >= 0 ? 1f : 0f)).unsqueeze(1);
        return new DenseBatches(Features, CPU).Values(Array.ConvertAll(known, row => Math.Max(0, row))) * mask;
    }
}
