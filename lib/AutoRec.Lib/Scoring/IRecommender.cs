using AutoRec.Data;

namespace AutoRec.Scoring;

/// <summary>A fitted model that orders items for users. Safe for use by several threads at once.</summary>
public interface IRecommender
{
    /// <summary>The number of items that are scored.</summary>
    int ItemCount { get; }

    /// <summary>
    /// Scores all items for each user of a batch. The order of a user's scores alone means something: higher is better.
    /// Items of the history are scored as well; <see cref="Ranking"/> leaves them out.
    /// </summary>
    /// <param name="histories">The users.</param>
    /// <param name="scores">Receives the scores, row after row: [users x items].</param>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    void Score(Histories histories, Memory<float> scores);
}

/// <summary>A fitted model whose scores are ratings, so that RMSE and MAE mean something.</summary>
public interface IRatingPredictor : IRecommender
{
    /// <summary>The scale that predictions lie on; they are clipped to it.</summary>
    RatingScale Scale { get; }

    /// <summary>Predicts the ratings of (user, item) pairs.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="pairs">The pairs: the entries of row r are items whose rating by user r of
    /// <paramref name="histories"/> is asked for; their values do not matter.</param>
    /// <param name="ratings">Receives a prediction on <see cref="Scale"/> for each entry, in the order of the matrix: [pairs].</param>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings);
}
