#!/usr/bin/env bash
# GraphEngine and its peers on the same graphs, joined in one table and one chart. See README.md beside this file.
# Usage: bench/peers/run.sh [--shapes "aifb mutag am:0.25"] [--models "rgcn hgt"] [--modes "infer train"] [--in 64] [--out 64]
#                           [--heads 1] [--device cpu|cuda] [--threads N] [--peers "torch pyg"] [--cases DIR] [--results DIR]
#                           [--seconds 2] [--trial-limit 300]
# --threads holds for both sides on the CPU; --heads leaves models without attention out.
# Ends with 1 when a reference case or a measured layer of a peer differs from GraphEngine's (what differs is not measured, the rest is), or when nothing could be joined.
# Every flag is a variable as well (SHAPES, MODELS, ...; MEASURE for --seconds, which is the peers' alone). A shape may carry a scale after a colon.
# GRAPHENGINE names a built executable, PYTHON the interpreter.
set -uo pipefail

# The program ends an interrupted run in its own way; without this the next cell would start.
trap 'exit 130' INT TERM

DIFFERS=4 # exit code of a peer that computes something else, as in common.py
start="$PWD"
here="$(cd "$(dirname "$0")" && pwd)"

while [ $# -gt 0 ]; do
    case "$1" in
        --shapes | --models | --modes | --in | --out | --heads | --device | --threads | --peers | --cases | --results | --seconds | --trial-limit)
            [ $# -ge 2 ] || { echo "$1 wants a value" >&2; exit 2; }
            name="${1#--}"
            name="${name//-/_}"
            [ "$name" != seconds ] || name=measure
            declare "${name^^}=$2"
            shift 2 ;;
        --help | -h) sed -n '2,9s/^# //p' "$0"; exit 0 ;;
        *) echo "there is no flag '$1'" >&2; sed -n '2,9s/^# //p' "$0" >&2; exit 2 ;;
    esac
done

SHAPES="${SHAPES:-aifb mutag bgs fb15k am:0.25}"
MODELS="${MODELS:-rgcn rgat hgt}"
MODES="${MODES:-infer train}"
IN="${IN:-64}" OUT="${OUT:-64}" HEADS="${HEADS:-1}"
DEVICE="${DEVICE:-cpu}"
THREADS="${THREADS:-$(nproc)}"
PEERS="${PEERS-torch pyg}"
CASES="${CASES:-}"
MEASURE="${MEASURE:-2}" TRIAL_LIMIT="${TRIAL_LIMIT:-300}"
PYTHON="${PYTHON:-python3}"
RESULTS="${RESULTS:-$start/peer-results}"
# Everything below is written, and old files are deleted, in this folder.
mkdir -p "$RESULTS" && RESULTS="$(cd "$RESULTS" && pwd)" && [ -w "$RESULTS" ] || { echo "--results: there is no folder ${RESULTS:-of that name} that can be written to" >&2; exit 2; }
[[ "$THREADS" =~ ^[1-9][0-9]*$ ]] || { echo "--threads: '$THREADS' is no number above zero" >&2; exit 2; }
[ -z "$CASES" ] || compgen -G "$CASES/*.safetensors" > /dev/null || { echo "--cases: $CASES holds no reference cases (*.safetensors)" >&2; exit 2; }
# Schedules that a search found on this machine are no part of a comparison, unless asked for.
export GRAPHENGINE_CACHE="${GRAPHENGINE_CACHE:-$RESULTS/kernels}"
[ -z "$CASES" ] || CASES="$(cd "$CASES" && pwd)" || exit 2
if [ -n "${GRAPHENGINE:-}" ]; then
    [ ! -f "$GRAPHENGINE" ] || GRAPHENGINE="$(realpath "$GRAPHENGINE")"
    command -v "$GRAPHENGINE" > /dev/null || { echo "GRAPHENGINE: $GRAPHENGINE cannot be started" >&2; exit 2; }
    graphengine=("$GRAPHENGINE")
else
    graphengine=(dotnet run -c Release --project src/GraphEngine.Cli --)
fi
ours_device="$DEVICE" heads=()
[ "$DEVICE" != cuda ] || ours_device=cuda:0
# .NET takes the processors it may run on; both sides get the same ones.
python=("$PYTHON")
if [ "$DEVICE" = cpu ] && [ "$THREADS" -lt "$(nproc)" ]; then
    allowed="$(taskset -cp $$ | sed 's/.*: //' | tr , '\n' | while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done | head -n "$THREADS" | paste -sd, -)"
    graphengine=(taskset -c "$allowed" "${graphengine[@]}") python=(taskset -c "$allowed" "$PYTHON")
fi
if [ "$HEADS" != 1 ]; then
    heads=(--heads "$HEADS")
    MODELS="$(for model in $MODELS; do [ "$model" = rgcn ] || echo "$model"; done)"
    [ -n "$MODELS" ] || { echo "--heads: rgcn has none; name another model with --models" >&2; exit 2; }
fi
cd "$here/../.." || exit 1

# A peer whose libraries are missing says how to install them, once, and is left out.
asked="$PEERS"
present=""
for peer in $asked; do
    "${python[@]}" "$here/${peer}_peer.py" --help >/dev/null && present="$present $peer"
done
PEERS="$present"

# The function first: a ratio of two different functions says nothing.
differs=0
if [ -n "$CASES" ]; then
    "${graphengine[@]}" verify "$CASES"/*.safetensors --device "$ours_device" || { echo "graphengine does not reproduce all reference cases; nothing is measured" >&2; exit 1; }
    present=""
    for peer in $PEERS; do
        if "${python[@]}" "$here/${peer}_peer.py" --check "$CASES"/*.safetensors --device "$DEVICE"; then
            present="$present $peer"
        else
            differs=1
            echo "$peer does not reproduce all reference cases and is not measured" >&2
        fi
    done
    PEERS="$present"
fi

layers="$RESULTS/layers"
trap 'rm -rf "$layers"' EXIT
for entry in $SHAPES; do
    shape="${entry%%:*}" scale=1
    [ "$entry" = "$shape" ] || scale="${entry#*:}"
    name="$shape"
    [ "$scale" = 1 ] || name="$shape-$scale"
    # What is not measured leaves a dash in the table, never an old figure.
    for peer in $asked; do
        rm -f "$RESULTS/$peer-$name.json"
    done
    folder="$RESULTS/graphs/$name"
    if [ ! -f "$folder.safetensors" ]; then
        rm -rf "$folder"
        "${graphengine[@]}" data generate --shape "$shape" --scale "$scale" --seed 1 --out "$folder" &&
            "${graphengine[@]}" data export "$folder" --out "$folder.safetensors" || { echo "no graph of shape $entry" >&2; continue; }
    fi
    # What GraphEngine computes in each cell, for the peers to agree with.
    rm -rf "$layers"
    mkdir -p "$layers"
    for model in $MODELS; do
        for mode in $MODES; do
            # A cell that fails leaves a dash in the table, never an old figure.
            rm -f "$RESULTS/graphengine-$name-$model-$mode.json"
            export=()
            [ -z "$PEERS" ] || export=(--export "$layers/$name-$model-$mode.safetensors")
            "${graphengine[@]}" bench --dataset "$folder" --model "$model" --mode "$mode" --in "$IN" --out "$OUT" ${heads[@]+"${heads[@]}"} \
                --device "$ours_device" ${export[@]+"${export[@]}"} --json "$RESULTS/graphengine-$name-$model-$mode.json" | grep -E '^(median|peak|[a-z]+ (infer|train)|[0-9]+ kernels run)' ||
                echo "graphengine has no result for $name $model $mode" >&2
        done
    done
    for peer in $PEERS; do
        rm -f "$RESULTS/$peer-$name.json"
        # shellcheck disable=SC2086  # lists of words
        "${python[@]}" "$here/${peer}_peer.py" --graph "$folder.safetensors" --layers "$layers" --shape "$name" --model $MODELS --mode $MODES --in "$IN" --out "$OUT" \
            --heads "$HEADS" --device "$DEVICE" --threads "$THREADS" --seconds "$MEASURE" --trial-limit "$TRIAL_LIMIT" --json "$RESULTS/$peer-$name.json"
        case $? in
            0) ;;
            "$DIFFERS") differs=1 ;;
            *) echo "$peer has no result for $name" >&2 ;;
        esac
    done
    # Features and results of a large graph take gigabytes.
    rm -rf "$layers"
done

"$PYTHON" "$here/join.py" "$RESULTS"
joined=$?
[ "$differs" = 0 ] || { echo "the two sides differ somewhere: see the errors above" >&2; exit 1; }
exit "$joined"
