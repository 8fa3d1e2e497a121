using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Training;

namespace AutoRec.Models.Numerics;

/// <summary>The weights of a biased matrix factorisation.</summary>
/// <param name="Mean">mu, the mean rating.</param>
/// <param name="UserBiases">b_u: [users].</param>
/// <param name="ItemBiases">b_i: [items].</param>
/// <param name="UserFactors">p_u: [users x k].</param>
/// <param name="ItemFactors">q_i: [items x k].</param>
internal sealed record BiasedMfWeights(float Mean, float[] UserBiases, float[] ItemBiases, float[] UserFactors, float[] ItemFactors)
{
    public int Factors => ItemBiases.Length == 0 ? 0 : ItemFactors.Length / ItemBiases.Length;

    /// <summary>The weights before training: random factors, 0 for users and items without a rating, and biases of 0.</summary>
    public static BiasedMfWeights Random(
        InteractionMatrix train, int factors, double deviation, Random random, ReadOnlySpan<float> ages = default) => new(
        (float)MeanRating.Of(train, ages),
        new float[train.RowCount],
        new float[train.ColumnCount],
        RandomFactors(train, factors, deviation, random),
        RandomFactors(train.Transpose(), factors, deviation, random));

    /// <summary>The weights of a saved model or checkpoint.</summary>
    public static BiasedMfWeights Of(ModelState state, float mean) =>
        new(mean, state.Floats("user_biases"), state.Floats("item_biases"), state.Floats("user_factors"), state.Floats("item_factors"));

    /// <summary>Makes a copy that later steps do not change.</summary>
    public BiasedMfWeights Copy() => new(Mean, [.. UserBiases], [.. ItemBiases], [.. UserFactors], [.. ItemFactors]);

    /// <summary>
    /// The weights that predict ratings where these predict their values. Item factors have no unit, so that with them a penalty on the
    /// others means the same.
    /// </summary>
    public BiasedMfWeights ToRatings(RatingUnits units)
    {
        return new(units.ToRating(Mean), Scaled(UserBiases), Scaled(ItemBiases), Scaled(UserFactors), ItemFactors);

        float[] Scaled(float[] numbers) => Array.ConvertAll(numbers, number => number * units.Size);
    }

    /// <summary>
    /// Puts the weights of a model, which <see cref="ToRatings"/> has made, in the place of these where it knows user and item.
    /// </summary>
    public void StartWith(WarmStart start, RatingUnits units)
    {
        WarmStart.Copy(UserBiases, Scaled("user_biases"), start.Users);
        WarmStart.Copy(ItemBiases, Scaled("item_biases"), start.Items);
        WarmStart.Copy(UserFactors, Scaled("user_factors"), start.Users);
        WarmStart.Copy(ItemFactors, start.Model.Floats("item_factors"), start.Items);

        float[] Scaled(string name) => Array.ConvertAll(start.Model.Floats(name), number => number / units.Size);
    }

    /// <summary>Adds the weights, without the mean, to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state
        .Add("user_biases", UserBiases)
        .Add("item_biases", ItemBiases)
        .Add("user_factors", UserFactors, UserBiases.Length, Factors)
        .Add("item_factors", ItemFactors, ItemBiases.Length, Factors);

    /// <summary>Adds the weights to the state of a training.</summary>
    public void AddTo(TrainingState state) => state
        .Add("user_biases", UserBiases).Add("item_biases", ItemBiases).Add("user_factors", UserFactors).Add("item_factors", ItemFactors);

    /// <summary>Moves biases and factors towards a rating; returns its error before.</summary>
    public float Step(int user, int item, float rating, float rate, float regularization)
    {
        var p = UserFactors.AsSpan(user * Factors, Factors);
        var q = ItemFactors.AsSpan(item * Factors, Factors);
        var error = rating - Mean - UserBiases[user] - ItemBiases[item] - TensorPrimitives.Dot<float>(p, q);
        UserBiases[user] += rate * (error - (regularization * UserBiases[user]));
        ItemBiases[item] += rate * (error - (regularization * ItemBiases[item]));

        // p + rate (error q - lambda p) and likewise q, both from the old values, a vector register at a time.
        var keep = 1 - (rate * regularization);
        var move = rate * error;
        var ps = MemoryMarshal.Cast<float, Vector<float>>(p);
        var qs = MemoryMarshal.Cast<float, Vector<float>>(q);
        for (var i = 0; i < ps.Length; i++)
        {
            (ps[i], qs[i]) = ((ps[i] * keep) + (qs[i] * move), (qs[i] * keep) + (ps[i] * move));
        }

        for (var i = ps.Length * Vector<float>.Count; i < p.Length; i++)
        {
            (p[i], q[i]) = ((p[i] * keep) + (q[i] * move), (q[i] * keep) + (p[i] * move));
        }

        return error;
    }

    private static float[] RandomFactors(InteractionMatrix rows, int k, double deviation, Random random)
    {
        var count = Sizes.Of("users or items x factors", rows.RowCount, k);
        var factors = Numerics.Factors.NormalFloats(random, count, deviation);
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (rows.RowLength(row) == 0)
            {
                factors.AsSpan(row * k, k).Clear();
            }
        }

        return factors;
    }
}
