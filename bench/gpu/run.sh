#!/usr/bin/env bash
# Runs on the GPU machine, inside the folder that package.sh made; PyTorch and PyTorch Geometric are measured beside GraphEngine where PYTHON (python3) has them.
# Everything lands in results/: JSON files, and in results/peers the table peers.md and the chart. Further arguments go to bench/peers/run.sh, which names the shapes it takes when left alone,
# for example: ./run.sh --shapes "aifb fb15k biokg" --seconds 0.5
# Ends with 1 when anything here fails, or a reference case or a measured layer differs between the two sides.
set -uo pipefail
# The program ends an interrupted run in its own way; without this the next one would start.
trap 'exit 130' INT TERM
cd "$(dirname "$0")" || exit 1
# ICU, which .NET wants for other cultures, may be missing here.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 GRAPHENGINE_CACHE="$PWD/cache" GRAPHENGINE="$PWD/graphengine/graphengine"
mkdir -p results/peers || exit 1
failed=0 cases=()
"$GRAPHENGINE" devices --json results/devices.json || failed=1
if [ -d cases ]; then
    cases=(--cases cases)
    "$GRAPHENGINE" verify cases/*.safetensors --device cuda:0 --json results/verify.json || failed=1
fi
"$GRAPHENGINE" bench --kernels --device cuda:0 --json results/kernels.json || failed=1
bash bench/peers/run.sh --device cuda --results results/peers ${cases[@]+"${cases[@]}"} "$@" || failed=1
for model in rgcn rgat hgt; do
    "$GRAPHENGINE" train --model "$model" --device cuda:0 --json "results/train-wordnet-$model.json" || failed=1
done
exit "$failed"
