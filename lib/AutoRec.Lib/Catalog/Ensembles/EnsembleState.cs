using AutoRec.Persistence;

namespace AutoRec.Catalog.Ensembles;

/// <summary>Takes ensembles apart into the arrays of their models, and puts them together again.</summary>
internal static class EnsembleState
{
    /// <summary>The arrays of an ensemble: weights, the models' names (UTF-16, separated by +), and each model's arrays.</summary>
    public static ModelState Save(EnsembleModel model)
    {
        var state = new ModelState()
            .Add("weights", [.. model.Weights.Weights])
            .Add("intercept", [model.Weights.Intercept])
            .Add("models", [.. string.Join('+', model.Members.Select(member => member.Entry.Name)).Select(letter => (int)letter)]);
        for (var m = 0; m < model.Members.Count; m++)
        {
            state.AddAll(Prefix(m), model.Members[m].Entry.Save(model.Members[m].Model));
        }

        return state;
    }

    /// <summary>Puts an ensemble that predicts ratings together.</summary>
    /// <exception cref="InvalidDataException">The arrays are not those of such an ensemble.</exception>
    public static RatingEnsembleModel LoadRating(ModelState state, Func<string, ModelEntry> find) =>
        new(Members(state, ModelKind.Rating, find), Weights(state));

    /// <summary>Puts an ensemble that ranks items together.</summary>
    /// <exception cref="InvalidDataException">The arrays are not those of such an ensemble.</exception>
    public static RankingEnsembleModel LoadRanking(ModelState state, Func<string, ModelEntry> find) =>
        new(Members(state, ModelKind.Ranking, find), Weights(state));

    private static FittedMember[] Members(ModelState state, ModelKind kind, Func<string, ModelEntry> find)
    {
        var names = string.Concat(state.Ints("models").Select(letter => checked((char)letter))).Split('+');
        state.Require("weights", names.Length).Require("intercept", 1);
        FittedMember[] members = [.. names.Select((name, m) => Load(find(name), state.Part(Prefix(m))))];
        return Array.Exists(members, member => member.Entry.Kind != kind || member.Model.ItemCount != members[0].Model.ItemCount)
            ? throw new InvalidDataException("The models of the ensemble do not go together.")
            : members;
    }

    private static FittedMember Load(ModelEntry entry, ModelState state) => new(entry, entry.Load(state), Epochs: null);

    private static EnsembleWeights Weights(ModelState state) => new(state.Floats("weights"), state.Floats("intercept")[0]);

    private static string Prefix(int member) => $"model{member}.";
}
