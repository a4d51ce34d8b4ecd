#!/usr/bin/env bash
# Runs on the GPU machine, inside the folder that package.sh made. Everything lands in results/ as JSON.
set -uo pipefail
cd "$(dirname "$0")"
export GRAPHENGINE_CACHE="$PWD/cache"
program="$PWD/graphengine/graphengine"
mkdir -p results
"$program" devices --json results/devices.json
[ ! -d cases ] || "$program" verify cases/*.safetensors --device cuda:0 --json results/verify.json
"$program" bench --kernels --device cuda:0 --json results/kernels.json
for shape in aifb mutag bgs am fb15k biokg; do
    for mode in infer train; do
        "$program" bench --shape "$shape" --mode "$mode" --device cuda:0 --json "results/layer-$shape-$mode.json"
    done
done
"$program" train --device cuda:0 --json results/train-wordnet.json
