#!/usr/bin/env bash
# Builds a folder that runs on a machine with an NVIDIA driver and no .NET: the program, the embedded data, the peers' scripts, and run.sh beside them.
# Usage: bench/gpu/package.sh OUT [CASES]   CASES is a folder of reference cases (*.safetensors) for 'verify'.
set -euo pipefail
cd "$(dirname "$0")/../.."
out="${1:?name the folder to make}"
dotnet publish src/GraphEngine.Cli -c Release -r linux-x64 --self-contained -o "$out/graphengine" -v quiet
mkdir -p "$out/datasets" "$out/bench"
cp -r datasets/wordnet "$out/datasets/"
cp -r bench/peers "$out/bench/"
[ $# -lt 2 ] || cp -r "$2" "$out/cases"
cp bench/gpu/run.sh "$out/"
du -sh "$out"
