using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Serving;
using AutoRec.Splitting;

namespace AutoRec.Benchmarks;

/// <summary>How good iALS is after so much time: NDCG@10 on the validation part of a data set after each epoch, by each solver.</summary>
internal static class IalsQuality
{
    private const int Epochs = 16;

    public static void Write(string data, string? folder)
    {
        var loaded = new DataSource(data) { DataFolder = folder }.Load();
        var inner = Fold.Of(loaded, new RandomSplitter(0.9), seed: 42).Validation;
        _ = Curve(inner, IalsSolver.Cg, 1); // compiles the code
        _ = Curve(inner, IalsSolver.Cholesky, 1);
        var (cg, cholesky) = (Curve(inner, IalsSolver.Cg, Epochs), Curve(inner, IalsSolver.Cholesky, Epochs));
        Console.WriteLine("| epoch | conjugate gradients, CPU s | NDCG@10 | Cholesky, CPU s | NDCG@10 |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: |");
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {epoch + 1} | {cg[epoch].CpuSeconds:0.00} | {cg[epoch].Measure:0.0000} | {cholesky[epoch].CpuSeconds:0.00} | {cholesky[epoch].Measure:0.0000} |"));
        }
    }

    private static List<EpochTime> Curve(Split inner, IalsSolver solver, int epochs)
    {
        var entry = ModelCatalog.Find("ials");
        var popularity = ProfileModel.WithoutAttributes(inner.Train);
        var served = new ServedValidation(
            inner, Metric.Ndcg(10), 42, int.MaxValue, model => new ServedModel(entry, model, inner.Train, popularity));
        var trainer = new IalsTrainer(new IalsOptions { Solver = solver, Epochs = epochs });
        return TimedFit.Run(trainer, inner.Train, served, epochs).Curve;
    }
}
