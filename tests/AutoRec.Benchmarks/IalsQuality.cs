using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

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
                $"| {epoch + 1} | {cg[epoch].Seconds:0.00} | {cg[epoch].Ndcg:0.0000} | {cholesky[epoch].Seconds:0.00} | {cholesky[epoch].Ndcg:0.0000} |"));
        }
    }

    // Processor seconds of training alone, and the measure, after each epoch.
    private static List<(double Seconds, double Ndcg)> Curve(Split inner, IalsSolver solver, int epochs)
    {
        var entry = ModelCatalog.Find("ials");
        var popularity = ProfileModel.WithoutAttributes(inner.Train);
        var served = new ServedValidation(
            inner, Metric.Ndcg(10), 42, int.MaxValue, model => new ServedModel(entry, model, inner.Train, popularity));
        var validation = new Timed(served);
        var start = Environment.CpuUsage.TotalTime;
        var curve = new List<(double, double)>();
        var progress = new Report(report =>
            curve.Add(((Environment.CpuUsage.TotalTime - start - validation.Spent).TotalSeconds, report.Validation!.Value)));
        new IalsTrainer(new IalsOptions { Solver = solver, Epochs = epochs })
            .Learn(inner.Train, new FitContext { Validation = validation, Patience = epochs, Progress = progress });
        return curve;
    }

    private sealed class Timed(IValidation validation) : IValidation
    {
        public TimeSpan Spent { get; private set; }

        public string Metric => validation.Metric;

        public bool HigherIsBetter => validation.HigherIsBetter;

        public HeldOut HeldOut => validation.HeldOut;

        public double Measure(IRecommender model, IProgress<WorkReport>? progress = null)
        {
            var before = Environment.CpuUsage.TotalTime;
            var value = validation.Measure(model, progress);
            Spent += Environment.CpuUsage.TotalTime - before;
            return value;
        }
    }

    // Progress<T> would report on another thread.
    private sealed class Report(Action<EpochReport> act) : IProgress<WorkReport>
    {
        void IProgress<WorkReport>.Report(WorkReport value)
        {
            if (value is EpochReport epoch)
            {
                act(epoch);
            }
        }
    }
}
