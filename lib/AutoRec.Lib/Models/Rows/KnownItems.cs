using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Models.Rows;

/// <summary>What an autoencoder of ratings keeps of its training data: which items have a rating, and the scale.</summary>
internal sealed class KnownItems
{
    private readonly bool[] isKnown;

    private KnownItems(bool[] isKnown, RatingScale scale) => (this.isKnown, Scale) = (isKnown, scale);

    /// <summary>The number of items, known or not.</summary>
    public int Count => isKnown.Length;

    /// <summary>The scale of the ratings.</summary>
    public RatingScale Scale { get; }

    /// <summary>Whether an item has a training rating.</summary>
    public bool this[int item] => isKnown[item];

    /// <summary>The items of training data: [users x items].</summary>
    public static KnownItems Of(InteractionMatrix train)
    {
        var isKnown = new bool[train.ColumnCount];
        foreach (var item in train.Columns())
        {
            isKnown[item] = true;
        }

        return new KnownItems(isKnown, train.Scale);
    }

    /// <summary>The items of a saved model.</summary>
    public static KnownItems Load(ModelState state) => state.Floats("scale") is [var min, var max]
        ? new KnownItems(Array.ConvertAll(state.Ints("is_known_item"), known => known != 0), new RatingScale(min, max))
        : throw new InvalidDataException("The model's 'scale' must be two numbers.");

    /// <summary>Adds known items and scale to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("is_known_item", Array.ConvertAll(isKnown, known => known ? 1 : 0));
}
