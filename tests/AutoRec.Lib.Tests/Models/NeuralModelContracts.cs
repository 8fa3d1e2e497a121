
namespace AutoRec.Tests;

public sealed class MultDaeContract()
    : RecommenderContract("mult-dae", ("hidden-units", "8"), ("epochs", "100"), ("learning-rate", "0.02"), ("batch-size", "7"));

public sealed class DeepAeContract()
    : RecommenderContract(
        "deep-ae", ("widths", "16-8"), ("dropout", "0.1"), ("epochs", "200"), ("learning-rate", "0.01"), ("batch-size", "7"));

public sealed class DeepAeImplicitContract()
    : RecommenderContract(
        "deep-ae-implicit",
        ("widths", "8"),
        ("hidden-activation", "tanh"),
        ("gaussian-noise", "0.1"),
        ("epochs", "200"),
        ("learning-rate", "0.01"),
        ("batch-size", "7"));

public sealed class SeedSigmoidAeContract()
    : RecommenderContract("deep-ae-sigmoid", ("widths", "16"), ("epochs", "200"), ("learning-rate", "0.02"), ("batch-size", "7"));

public sealed class SeedPurchaseAeContract()
    : RecommenderContract("deep-ae-purchases", ("widths", "32-16"), ("epochs", "200"), ("learning-rate", "0.01"), ("batch-size", "7"));

public sealed class RecVaeContract()
    : RecommenderContract(
        "recvae", ("hidden-units", "16"), ("latent-factors", "4"), ("epochs", "60"), ("learning-rate", "0.01"), ("batch-size", "7"));

public sealed class CdaeContract()
    : RecommenderContract("cdae", ("hidden-units", "8"), ("epochs", "200"), ("learning-rate", "0.02"), ("batch-size", "7"));

public sealed class GaussianVaeContract()
    : RecommenderContract(
        "gaussian-vae",
        ("hidden-units", "16"),
        ("latent-factors", "4"),
        ("epochs", "200"),
        ("learning-rate", "0.01"),
        ("batch-size", "7"),
        ("dropout", "0.1"));

public sealed class KernelNetContract()
    : RecommenderContract("kernelnet", ("hidden-units", "16"), ("epochs", "40"), ("iterations-per-epoch", "5"), ("regularization", "0.05"));
