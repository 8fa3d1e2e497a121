using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Catalog;

/// <summary>What a model's scores are.</summary>
public enum ModelKind
{
    /// <summary>An order of items: ranking metrics only.</summary>
    Ranking,

    /// <summary>Ratings on a scale: rating and ranking metrics.</summary>
    Rating,
}

/// <summary>How a fitted model is continued with new interactions.</summary>
public enum ContinuationKind
{
    /// <summary>It cannot be continued.</summary>
    None,

    /// <summary>It is computed again from all interactions, and is the model that a training on all of them gives.</summary>
    Exact,

    /// <summary>Its weights are what the training starts with.</summary>
    WarmStart,
}

/// <summary>A model as command lines and notebooks name it.</summary>
public sealed class ModelEntry
{
    private readonly Func<object, ITrainer<IRecommender>> create;
    private readonly Func<object> defaults;
    private readonly Func<IRecommender, ModelState> save;
    private readonly Func<ModelState, IRecommender> load;

    private ModelEntry(
        string name,
        string summary,
        ModelKind kind,
        bool usesValidation,
        Type optionsType,
        Func<object> defaults,
        Func<object, ITrainer<IRecommender>> create,
        Func<IRecommender, ModelState> save,
        Func<ModelState, IRecommender> load)
    {
        Name = name;
        Summary = summary;
        Kind = kind;
        UsesValidation = usesValidation;
        OptionsType = optionsType;
        this.defaults = defaults;
        this.create = create;
        this.save = save;
        this.load = load;
    }

    /// <summary>The name, such as <c>autorec-item</c>.</summary>
    public string Name { get; }

    /// <summary>What the model is, in a line.</summary>
    public string Summary { get; }

    /// <summary>What its scores are.</summary>
    public ModelKind Kind { get; }

    /// <summary>Whether training chooses its best epoch on validation data; if not, it needs none held out.</summary>
    public bool UsesValidation { get; }

    /// <summary>The options record; its properties' <see cref="RangeAttribute"/>s say what is allowed.</summary>
    public Type OptionsType { get; }

    /// <summary>Whether scores are logits of a multinomial distribution over items, so that their softmax is a probability.</summary>
    public bool IsMultinomial { get; private init; }

    /// <summary>
    /// The array of the model's state that holds a vector of each item in the latent space: [items x length]. Null for models
    /// without one.
    /// </summary>
    public string? ItemVectors { get; private init; }

    /// <summary>How the model is continued with new interactions.</summary>
    public ContinuationKind Continues { get; private init; }

    /// <summary>Whether several processes can fit the model together.</summary>
    public bool IsDistributed { get; private init; }

    /// <summary>
    /// By what a partitioned log must be cut, so that each of several processes that fit the model together reads its part; null where each
    /// reads all.
    /// </summary>
    internal ShardBy? ReadsPartsBy { get; private init; }

    /// <summary>Whether interactions can count less the older they are: the option <c>half-life</c>.</summary>
    public bool WeighsByAge => typeof(IAgeWeighted).IsAssignableFrom(OptionsType);

    /// <summary>A new options record with the values that hold unless settings say otherwise; a preset has its own.</summary>
    public object DefaultOptions => defaults();

    /// <summary>The options with their defaults and what is allowed.</summary>
    public IReadOnlyList<ModelOption> Options
    {
        get
        {
            var defaults = DefaultOptions;
            return [.. OptionsBinding.Settable(defaults).Select(property => new ModelOption(property, defaults))];
        }
    }

    /// <summary>A trainer with the entry's default options, but for <paramref name="settings"/>.</summary>
    /// <param name="settings">Option names (upper or lower case, with or without hyphens) and values.</param>
    /// <param name="options">The options that the trainer got.</param>
    /// <exception cref="ArgumentException">An option is unknown, or its value cannot be read or is out of range;
    /// the message names what is allowed.</exception>
    public ITrainer<IRecommender> CreateTrainer(IEnumerable<KeyValuePair<string, string>> settings, out object options)
    {
        ArgumentNullException.ThrowIfNull(settings);
        options = OptionsBinding.Create(DefaultOptions, settings, Name);
        return create(options);
    }

    /// <summary>Options, such as those a trainer got, as the texts that <see cref="CreateTrainer"/> takes.</summary>
    public static IReadOnlyDictionary<string, string> Settings(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return OptionsBinding.Texts(options);
    }

    /// <summary>The arrays of a model that a trainer of this entry has fitted.</summary>
    /// <exception cref="InvalidCastException">It is a model of another entry.</exception>
    public ModelState Save(IRecommender model) => save(model);

    /// <summary>Puts a model together from its arrays.</summary>
    /// <exception cref="InvalidDataException">The arrays are not those of such a model.</exception>
    public IRecommender Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            return load(state);
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"The arrays do not make up a model '{Name}': {error.Message}", error);
        }
    }

    internal static ModelEntry Of<TOptions, TModel>(
        string name,
        string summary,
        ModelKind kind,
        bool usesValidation,
        Func<TOptions, ITrainer<TModel>> create,
        Func<TOptions>? preset = null,
        string? itemVectors = null,
        bool isMultinomial = false,
        ContinuationKind continues = ContinuationKind.None,
        bool isDistributed = false,
        ShardBy? readsPartsBy = null)
        where TOptions : class, new()
        where TModel : class, IPersistentModel<TModel> =>
        new(
            name,
            summary,
            kind,
            usesValidation,
            typeof(TOptions),
            preset ?? (() => new TOptions()),
            options => create((TOptions)options),
            model => ((TModel)model).Save(),
            TModel.Load)
        {
            ItemVectors = itemVectors,
            IsMultinomial = isMultinomial,
            Continues = continues,
            IsDistributed = isDistributed,
            ReadsPartsBy = readsPartsBy,
        };

    /// <summary>An entry whose models consist of models of other entries, which saving and loading must know.</summary>
    internal static ModelEntry Of<TOptions, TModel>(
        string name,
        string summary,
        ModelKind kind,
        bool usesValidation,
        Func<TOptions, ITrainer<TModel>> create,
        Func<TModel, ModelState> save,
        Func<ModelState, TModel> load)
        where TOptions : class, new()
        where TModel : class, IRecommender =>
        new(
            name,
            summary,
            kind,
            usesValidation,
            typeof(TOptions),
            () => new TOptions(),
            options => create((TOptions)options),
            model => save((TModel)model),
            load);
}
