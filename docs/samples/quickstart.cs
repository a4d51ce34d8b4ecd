using System;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

GraphData data = new DatasetCatalogue().Load("wordnet");
using Device device = DeviceCatalogue.Open("auto");
TrainingOptions options = new() { Epochs = 60, Model = new ModelOptions { Model = "rgcn", Hidden = 64, Dropout = 0.3f } };
TrainingResult result = Trainer.Train(data, options, device, new Progress<EpochReport>(e => Console.WriteLine(e)));
Console.WriteLine($"test accuracy {result.Test?.Accuracy:P1}");
