using System.ComponentModel.DataAnnotations;
using AutoRec.Models;
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
        bool isMultinomial = false)
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
        };
}

/// <summary>The options of a model that has none.</summary>
internal sealed record NoOptions;

/// <summary>All models, by name.</summary>
public static class ModelCatalog
{
    /// <summary>The models, baselines first.</summary>
    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        ModelEntry.Of<NoOptions, RandomOrderModel>(
            "random", "Items in random order, the weakest baseline",
            ModelKind.Ranking, usesValidation: false, _ => new RandomOrderTrainer()),
        ModelEntry.Of<NoOptions, PopularityModel>(
            "popularity", "The items that most users have",
            ModelKind.Ranking, usesValidation: false, _ => new PopularityTrainer()),
        ModelEntry.Of<BiasOptions, BiasModel>(
            "bias", "Mean rating plus item and user bias, regularised",
            ModelKind.Rating, usesValidation: false, options => new BiasTrainer(options)),
        ModelEntry.Of<BiasedMfOptions, BiasedMfModel>(
            "biased-mf", "Matrix factorisation with biases by gradient descent (Koren et al. 2009)",
            ModelKind.Rating, usesValidation: true, options => new BiasedMfTrainer(options),
            itemVectors: "item_factors"),
        ModelEntry.Of<PmfEmOptions, PmfEmModel>(
            "pmf-em", "Probabilistic matrix factorisation by variational EM (Lim and Teh 2007)",
            ModelKind.Rating, usesValidation: false, options => new PmfEmTrainer(options),
            itemVectors: "item_means"),
        ModelEntry.Of<AutoRecOptions, AutoRecModel>(
            "autorec-item", "AutoRec on item rows (Sedhain et al. 2015)",
            ModelKind.Rating, usesValidation: true, options => new AutoRecTrainer(AutoRecRows.Items, options),
            itemVectors: "item_hidden"),
        ModelEntry.Of<AutoRecOptions, AutoRecModel>(
            "autorec-user", "AutoRec on user rows (Sedhain et al. 2015)",
            ModelKind.Rating, usesValidation: true, options => new AutoRecTrainer(AutoRecRows.Users, options),
            itemVectors: "decoder_weight"),
        ModelEntry.Of<ItemKnnOptions, ItemKnnModel>(
            "item-knn", "Nearest neighbours of items by cosine (Deshpande and Karypis 2004)",
            ModelKind.Ranking, usesValidation: false, options => new ItemKnnTrainer(options)),
        ModelEntry.Of<UserKnnOptions, UserKnnModel>(
            "user-knn", "Nearest neighbours of users by cosine (Sarwar et al. 2000)",
            ModelKind.Ranking, usesValidation: false, options => new UserKnnTrainer(options)),
        ModelEntry.Of<IalsOptions, IalsModel>(
            "ials", "Matrix factorisation of implicit feedback (Rendle et al. 2022)",
            ModelKind.Ranking, usesValidation: false, options => new IalsTrainer(options),
            itemVectors: "item_factors"),
        ModelEntry.Of<SlimOptions, SlimModel>(
            "slim", "Sparse linear item-item model (Ning and Karypis 2011)",
            ModelKind.Ranking, usesValidation: false, options => new SlimTrainer(options)),
        ModelEntry.Of<EaseOptions, EaseModel>(
            "ease", "Linear item-item autoencoder in closed form (Steck 2019), with dropout EDLAE (Steck 2020)",
            ModelKind.Ranking, usesValidation: false, options => new EaseTrainer(options)),
        ModelEntry.Of<InfiniteAeOptions, InfiniteAeModel>(
            "infinite-ae", "Autoencoder of infinite width in closed form, by its neural tangent kernel (Sachdeva et al. 2022)",
            ModelKind.Ranking, usesValidation: false, options => new InfiniteAeTrainer(options)),
        ModelEntry.Of<MultVaeOptions, MultVaeModel>(
            "mult-vae", "Variational autoencoder with a multinomial likelihood (Liang et al. 2018)",
            ModelKind.Ranking, usesValidation: true, options => new MultVaeTrainer(options),
            itemVectors: "decoder_output.weight", isMultinomial: true),
        ModelEntry.Of<RecVaeOptions, RecVaeModel>(
            "recvae", "RecVAE: deep encoder, composite prior, encoder and decoder in turn (Shenbin et al. 2020)",
            ModelKind.Ranking, usesValidation: true, options => new RecVaeTrainer(options),
            itemVectors: "decoder.weight", isMultinomial: true),
        ModelEntry.Of<CdaeOptions, CdaeModel>(
            "cdae", "Denoising autoencoder with a node for each user (Wu et al. 2016)",
            ModelKind.Ranking, usesValidation: true, options => new CdaeTrainer(options),
            itemVectors: "decoder.weight"),
        ModelEntry.Of<GaussianVaeOptions, GaussianVaeModel>(
            "gaussian-vae", "Variational autoencoder of ratings (Kingma and Welling 2014)",
            ModelKind.Rating, usesValidation: true, options => new GaussianVaeTrainer(options),
            itemVectors: "decoder_output.weight"),
        ModelEntry.Of<KernelNetOptions, KernelNetModel>(
            "kernelnet", "Autoencoder on item rows with kernelised weights, also Sparse FC (Muller et al. 2018)",
            ModelKind.Rating, usesValidation: true, options => new KernelNetTrainer(options),
            itemVectors: "item_codes"),
        ModelEntry.Of<MultDaeOptions, MultDaeModel>(
            "mult-dae", "Denoising autoencoder with a multinomial likelihood (Liang et al. 2018)",
            ModelKind.Ranking, usesValidation: true, options => new MultDaeTrainer(options),
            itemVectors: "decoder.0.weight", isMultinomial: true),
        ModelEntry.Of<DeepRatingOptions, DeepAutoencoderModel>(
            "deep-ae", "Deep autoencoder of ratings, with any widths, activations and noise on its input",
            ModelKind.Rating, usesValidation: true, options => new DeepAutoencoderTrainer(options)),
        ModelEntry.Of<DeepAutoencoderOptions, ImplicitAutoencoderModel>(
            "deep-ae-implicit", "Deep autoencoder of whole rows, where what is missing counts as 0",
            ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options)),
        ModelEntry.Of<DeepAutoencoderOptions, ImplicitAutoencoderModel>(
            "deep-ae-sigmoid", "deep-ae-implicit as 252-128-64, sigmoid, Adam 0.002, batches of 64, 50 epochs",
            ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options),
            () => ImplicitAutoencoderTrainer.SigmoidPreset),
        ModelEntry.Of<DeepAutoencoderOptions, ImplicitAutoencoderModel>(
            "deep-ae-purchases", "deep-ae-implicit as 128-64-32, ReLU, sigmoid output, Adam 0.001, for counts of purchases",
            ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options),
            () => ImplicitAutoencoderTrainer.PurchasePreset),
    ];

    /// <summary>The baseline of a kind of models: biases for those that predict ratings, popularity for others.</summary>
    public static ModelEntry BaselineOf(ModelKind kind) => Find(kind == ModelKind.Rating ? "bias" : "popularity");

    /// <summary>The model of that name.</summary>
    /// <exception cref="ArgumentException">There is no such model; the message lists the names.</exception>
    public static ModelEntry Find(string name) =>
        All.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)) ??
        throw new ArgumentException(
            $"There is no model '{name}'. Models: {string.Join(", ", All.Select(entry => entry.Name))}.", nameof(name));
}
