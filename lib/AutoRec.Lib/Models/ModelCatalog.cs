using System.ComponentModel.DataAnnotations;

namespace AutoRec.Models;

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

    private ModelEntry(
        string name, string summary, ModelKind kind, bool usesValidation, Type optionsType, Func<object> defaults, Func<object, ITrainer<IRecommender>> create)
    {
        Name = name;
        Summary = summary;
        Kind = kind;
        UsesValidation = usesValidation;
        OptionsType = optionsType;
        this.defaults = defaults;
        this.create = create;
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

    /// <summary>A new options record with the values that hold unless settings say otherwise; a preset has its own.</summary>
    public object DefaultOptions => defaults();

    /// <summary>The options with their defaults and what is allowed.</summary>
    public IReadOnlyList<ModelOption> Options => OptionsBinding.Describe(DefaultOptions);

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

    internal static ModelEntry Of<TOptions>(
        string name, string summary, ModelKind kind, bool usesValidation, Func<TOptions, ITrainer<IRecommender>> create, Func<TOptions>? preset = null)
        where TOptions : class, new() =>
        new(name, summary, kind, usesValidation, typeof(TOptions), preset ?? (() => new TOptions()), options => create((TOptions)options));
}

/// <summary>All models, by name.</summary>
public static class ModelCatalog
{
    /// <summary>The models, floor first.</summary>
    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        ModelEntry.Of<RandomOrderOptions>(
            "random", "Items in random order, the floor of all", ModelKind.Ranking, usesValidation: false, _ => new RandomOrderTrainer()),
        ModelEntry.Of<PopularityOptions>(
            "popularity", "The items that most users have", ModelKind.Ranking, usesValidation: false, _ => new PopularityTrainer()),
        ModelEntry.Of<BiasOptions>(
            "bias", "Mean rating plus item and user bias, regularised", ModelKind.Rating, usesValidation: false, options => new BiasTrainer(options)),
        ModelEntry.Of<BiasedMfOptions>(
            "biased-mf", "Matrix factorisation with biases by gradient descent (Koren et al. 2009)", ModelKind.Rating, usesValidation: true, options => new BiasedMfTrainer(options)),
        ModelEntry.Of<PmfEmOptions>(
            "pmf-em", "Probabilistic matrix factorisation by variational EM (Lim and Teh 2007)", ModelKind.Rating, usesValidation: false, options => new PmfEmTrainer(options)),
        ModelEntry.Of<AutoRecOptions>(
            "autorec-item", "AutoRec on item rows (Sedhain et al. 2015)", ModelKind.Rating, usesValidation: true, options => new AutoRecTrainer(AutoRecRows.Items, options)),
        ModelEntry.Of<AutoRecOptions>(
            "autorec-user", "AutoRec on user rows (Sedhain et al. 2015)", ModelKind.Rating, usesValidation: true, options => new AutoRecTrainer(AutoRecRows.Users, options)),
        ModelEntry.Of<ItemKnnOptions>(
            "item-knn", "Nearest neighbours of items by cosine (Deshpande and Karypis 2004)", ModelKind.Ranking, usesValidation: false, options => new ItemKnnTrainer(options)),
        ModelEntry.Of<UserKnnOptions>(
            "user-knn", "Nearest neighbours of users by cosine (Sarwar et al. 2000)", ModelKind.Ranking, usesValidation: false, options => new UserKnnTrainer(options)),
        ModelEntry.Of<IalsOptions>(
            "ials", "Matrix factorisation of implicit feedback (Rendle et al. 2022)", ModelKind.Ranking, usesValidation: false, options => new IalsTrainer(options)),
        ModelEntry.Of<SlimOptions>(
            "slim", "Sparse linear item-item model (Ning and Karypis 2011)", ModelKind.Ranking, usesValidation: false, options => new SlimTrainer(options)),
        ModelEntry.Of<EaseOptions>(
            "ease", "Linear item-item autoencoder in closed form (Steck 2019)", ModelKind.Ranking, usesValidation: false, options => new EaseTrainer(options)),
        ModelEntry.Of<MultVaeOptions>(
            "mult-vae", "Variational autoencoder with a multinomial likelihood (Liang et al. 2018)", ModelKind.Ranking, usesValidation: true, options => new MultVaeTrainer(options)),
        ModelEntry.Of<RecVaeOptions>(
            "recvae", "RecVAE: deep encoder, composite prior, encoder and decoder in turn (Shenbin et al. 2020)", ModelKind.Ranking, usesValidation: true, options => new RecVaeTrainer(options)),
        ModelEntry.Of<CdaeOptions>(
            "cdae", "Denoising autoencoder with a node for each user (Wu et al. 2016)", ModelKind.Ranking, usesValidation: true, options => new CdaeTrainer(options)),
        ModelEntry.Of<GaussianVaeOptions>(
            "gaussian-vae", "Variational autoencoder of ratings (Kingma and Welling 2014)", ModelKind.Rating, usesValidation: true, options => new GaussianVaeTrainer(options)),
        ModelEntry.Of<KernelNetOptions>(
            "kernelnet", "Autoencoder on item rows with kernelised weights, also Sparse FC (Muller et al. 2018)", ModelKind.Rating, usesValidation: true, options => new KernelNetTrainer(options)),
        ModelEntry.Of<MultDaeOptions>(
            "mult-dae", "Denoising autoencoder with a multinomial likelihood (Liang et al. 2018)", ModelKind.Ranking, usesValidation: true, options => new MultDaeTrainer(options)),
        ModelEntry.Of<DeepAutoencoderOptions>(
            "deep-ae", "Deep autoencoder of ratings, with any widths, activations and noise on its input", ModelKind.Rating, usesValidation: true, options => new DeepAutoencoderTrainer(options)),
        ModelEntry.Of<DeepAutoencoderOptions>(
            "deep-ae-implicit", "Deep autoencoder of whole rows, where what is missing counts as 0", ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options)),
        ModelEntry.Of<DeepAutoencoderOptions>(
            "seed-sigmoid-ae", "deep-ae-implicit as 252-128-64, sigmoid, Adam 0.002, batches of 64, 50 epochs", ModelKind.Ranking, usesValidation: true,
            options => new ImplicitAutoencoderTrainer(options), () => ImplicitAutoencoderTrainer.SigmoidPreset),
        ModelEntry.Of<DeepAutoencoderOptions>(
            "seed-purchase-ae", "deep-ae-implicit as 128-64-32, ReLU, sigmoid output, Adam 0.001, for counts of purchases", ModelKind.Ranking, usesValidation: true,
            options => new ImplicitAutoencoderTrainer(options), () => ImplicitAutoencoderTrainer.PurchasePreset),
    ];

    /// <summary>The model of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names those there are.</exception>
    public static ModelEntry Find(string name) =>
        All.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)) ??
        throw new ArgumentException($"There is no model '{name}'. Models: {string.Join(", ", All.Select(entry => entry.Name))}.", nameof(name));
}
