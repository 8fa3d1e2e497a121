using AutoRec.Catalog.Ensembles;
using AutoRec.Data;
using AutoRec.Models;

namespace AutoRec.Catalog;

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
            ModelKind.Ranking, usesValidation: false, _ => new RandomOrderTrainer(),
            continues: ContinuationKind.Exact),
        ModelEntry.Of<PopularityOptions, PopularityModel>(
            "popularity", "The items that most users have",
            ModelKind.Ranking, usesValidation: false, options => new PopularityTrainer(options),
            continues: ContinuationKind.Exact),
        ModelEntry.Of<FeaturePopularityOptions, PopularityModel>(
            "popularity-features", "popularity, and items without history by the number of users of items with such features",
            ModelKind.Ranking, usesValidation: false, options => new FeaturePopularityTrainer(options),
            continues: ContinuationKind.Exact),
        ModelEntry.Of<BiasOptions, BiasModel>(
            "bias", "Mean rating plus item and user bias, regularised",
            ModelKind.Rating, usesValidation: false, options => new BiasTrainer(options),
            continues: ContinuationKind.Exact),
        ModelEntry.Of<BiasedMfOptions, BiasedMfModel>(
            "biased-mf", "Matrix factorisation with biases by gradient descent (Koren et al. 2009)",
            ModelKind.Rating, usesValidation: true, options => new BiasedMfTrainer(options),
            itemVectors: "item_factors",
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<PmfEmOptions, PmfEmModel>(
            "pmf-em", "Probabilistic matrix factorisation by variational EM (Lim and Teh 2007)",
            ModelKind.Rating, usesValidation: false, options => new PmfEmTrainer(options),
            itemVectors: "item_means"),
        ModelEntry.Of<AutoRecOptions, AutoRecModel>(
            "autorec-item", "AutoRec on item rows (Sedhain et al. 2015)",
            ModelKind.Rating, usesValidation: true, options => new AutoRecTrainer(AutoRecRows.Items, options),
            itemVectors: "item_hidden",
            continues: ContinuationKind.WarmStart,
            isDistributed: true,
            readsPartsBy: ShardBy.User),
        ModelEntry.Of<AutoRecOptions, AutoRecModel>(
            "autorec-user", "AutoRec on user rows (Sedhain et al. 2015)",
            ModelKind.Rating, usesValidation: true, options => new AutoRecTrainer(AutoRecRows.Users, options),
            itemVectors: "decoder_weight",
            continues: ContinuationKind.WarmStart,
            isDistributed: true,
            readsPartsBy: ShardBy.Item),
        ModelEntry.Of<ItemKnnOptions, ItemKnnModel>(
            "item-knn", "Nearest neighbours of items by cosine (Deshpande and Karypis 2004)",
            ModelKind.Ranking, usesValidation: false, options => new ItemKnnTrainer(options),
            continues: ContinuationKind.Exact,
            isDistributed: true),
        ModelEntry.Of<UserKnnOptions, UserKnnModel>(
            "user-knn", "Nearest neighbours of users by cosine (Sarwar et al. 2000)",
            ModelKind.Ranking, usesValidation: false, options => new UserKnnTrainer(options),
            continues: ContinuationKind.Exact,
            isDistributed: true),
        ModelEntry.Of<IalsOptions, IalsModel>(
            "ials", "Matrix factorisation of implicit feedback (Rendle et al. 2022)",
            ModelKind.Ranking, usesValidation: false, options => new IalsTrainer(options),
            itemVectors: "item_factors",
            continues: ContinuationKind.WarmStart,
            isDistributed: true),
        ModelEntry.Of<FeatureIalsOptions, IalsModel>(
            "ials-features", "ials, and factors from features for items without history, such as new ones (after Gantner et al. 2010)",
            ModelKind.Ranking, usesValidation: false, options => new FeatureIalsTrainer(options),
            itemVectors: "item_factors",
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<SlimOptions, SlimModel>(
            "slim", "Sparse linear item-item model (Ning and Karypis 2011)",
            ModelKind.Ranking, usesValidation: false, options => new SlimTrainer(options),
            continues: ContinuationKind.Exact,
            isDistributed: true),
        ModelEntry.Of<EaseOptions, EaseModel>(
            "ease", "Linear item-item autoencoder in closed form (Steck 2019), with dropout EDLAE (Steck 2020)",
            ModelKind.Ranking, usesValidation: false, options => new EaseTrainer(options),
            continues: ContinuationKind.Exact,
            isDistributed: true),
        ModelEntry.Of<SansaOptions, SansaModel>(
            "sansa", "EASE with sparse weights of a prescribed density, for large catalogues (Spisak et al. 2023)",
            ModelKind.Ranking, usesValidation: false, options => new SansaTrainer(options),
            continues: ContinuationKind.Exact),
        ModelEntry.Of<InfiniteAeOptions, InfiniteAeModel>(
            "infinite-ae", "Autoencoder of infinite width in closed form, by its neural tangent kernel (Sachdeva et al. 2022)",
            ModelKind.Ranking, usesValidation: false, options => new InfiniteAeTrainer(options),
            continues: ContinuationKind.Exact),
        ModelEntry.Of<MultVaeOptions, MultVaeModel>(
            "mult-vae", "Variational autoencoder with a multinomial likelihood (Liang et al. 2018)",
            ModelKind.Ranking, usesValidation: true, options => new MultVaeTrainer(options),
            itemVectors: "decoder_output.weight", isMultinomial: true,
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<RecVaeOptions, RecVaeModel>(
            "recvae", "RecVAE: deep encoder, composite prior, encoder and decoder in turn (Shenbin et al. 2020)",
            ModelKind.Ranking, usesValidation: true, options => new RecVaeTrainer(options),
            itemVectors: "decoder.weight", isMultinomial: true,
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<CdaeOptions, CdaeModel>(
            "cdae", "Denoising autoencoder with a node for each user (Wu et al. 2016)",
            ModelKind.Ranking, usesValidation: true, options => new CdaeTrainer(options),
            itemVectors: "decoder.weight"),
        ModelEntry.Of<GaussianVaeOptions, GaussianVaeModel>(
            "gaussian-vae", "Variational autoencoder of ratings (Kingma and Welling 2014)",
            ModelKind.Rating, usesValidation: true, options => new GaussianVaeTrainer(options),
            itemVectors: "decoder_output.weight",
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<KernelNetOptions, KernelNetModel>(
            "kernelnet", "Autoencoder on item rows with kernelised weights, also Sparse FC (Muller et al. 2018)",
            ModelKind.Rating, usesValidation: true, options => new KernelNetTrainer(options),
            itemVectors: "item_codes"),
        ModelEntry.Of<MultDaeOptions, MultDaeModel>(
            "mult-dae", "Denoising autoencoder with a multinomial likelihood (Liang et al. 2018)",
            ModelKind.Ranking, usesValidation: true, options => new MultDaeTrainer(options),
            itemVectors: "decoder.0.weight", isMultinomial: true,
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<DeepRatingOptions, DeepAutoencoderModel>(
            "deep-ae", "Deep autoencoder of ratings, with any widths, activations and noise on its input",
            ModelKind.Rating, usesValidation: true, options => new DeepAutoencoderTrainer(options),
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<DeepAutoencoderOptions, ImplicitAutoencoderModel>(
            "deep-ae-implicit", "Deep autoencoder of whole rows, where what is missing counts as 0",
            ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options),
            () => ImplicitAutoencoderTrainer.Preset,
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<DeepAutoencoderOptions, ImplicitAutoencoderModel>(
            "deep-ae-sigmoid", "deep-ae-implicit as 252-128-64, sigmoid, Adam 0.002, batches of 64, 50 epochs",
            ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options),
            () => ImplicitAutoencoderTrainer.SigmoidPreset,
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<DeepAutoencoderOptions, ImplicitAutoencoderModel>(
            "deep-ae-purchases", "deep-ae-implicit as 128-64-32, ReLU, sigmoid output, Adam 0.001, for counts of purchases",
            ModelKind.Ranking, usesValidation: true, options => new ImplicitAutoencoderTrainer(options),
            () => ImplicitAutoencoderTrainer.PurchasePreset,
            continues: ContinuationKind.WarmStart),
        ModelEntry.Of<RatingEnsembleOptions, RatingEnsembleModel>(
            "ensemble-rating", "Ratings of several models, mixed with weights learned on validation ratings (Breiman 1996)",
            ModelKind.Rating, usesValidation: true, options => new RatingEnsembleTrainer(options, Find),
            EnsembleState.Save, state => EnsembleState.LoadRating(state, Find)),
        ModelEntry.Of<RankingEnsembleOptions, RankingEnsembleModel>(
            "ensemble-ranking", "Scores of several models, mixed with weights chosen on validation data (Caruana et al. 2004)",
            ModelKind.Ranking, usesValidation: true, options => new RankingEnsembleTrainer(options, Find),
            EnsembleState.Save, state => EnsembleState.LoadRanking(state, Find)),
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
