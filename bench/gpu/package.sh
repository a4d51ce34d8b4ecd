#!/usr/bin/env bash
# Builds a folder that runs on a machine with an NVIDIA driver and no .NET: the program, the embedded data, the peers' scripts, and run.sh beside them.
# Usage: bench/gpu/package.sh OUT [CASES]   CASES is a folder of reference cases (*.safetensors) for 'verify'.
set -euo pipefail
out="$(realpath -m "${1:?name the folder to make}")"
cases="${2:+$(realpath "$2")}"
cd "$(dirname "$0")/../.."
rm -rf "$out/datasets" "$out/bench" "$out/cases"
dotnet publish src/GraphEngine.Cli -c Release -r linux-x64 --self-contained -o "$out/graphengine" -v quiet
mkdir -p "$out/datasets" "$out/bench"
# The catalogue says where embedded data sets lie.
cp -r datasets/catalogue.json datasets/wordnet "$out/datasets/"
cp -r bench/peers "$out/bench/"
rm -rf "$out/bench/peers/__pycache__"
[ -z "$cases" ] || cp -r "$cases" "$out/cases"
cp bench/gpu/run.sh "$out/"
du -sh "$out"
