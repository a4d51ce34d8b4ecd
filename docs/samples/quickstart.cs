using System;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

GraphData data = new DatasetCatalogue().Load("wordnet");
using Device device = DeviceCatalogue.Open("auto");
TrainingOptions options = new() { Epochs = 60, Model = new ModelOptions { Model = "rgcn", Hidden = 64, Dropout = 0.3f } };
using NodeClassifier model = Trainer.Prepare(data, options, device);
TrainingResult result = Trainer.Train(model, options, new Progress<EpochReport>(e => Console.WriteLine(e)));
Console.WriteLine($"test accuracy {result.Test?.Accuracy:P1}");
float[] scores = model.Scores();    // of every node and class, with the best parameters
Checkpoint.Of(model, result).Write("model.safetensors");
