#!/bin/sh
# Trains the light and the full net side by side on a machine with a GPU that has the repository and build/bin-pack alone.
#
#     sh bin/on_gpu.sh check OUTPUT             under a minute: 300 iterations of the light net, 60 of the full one
#     sh bin/on_gpu.sh run OUTPUT MINUTES       both; OUTPUT/NAME.pt and NAME.txt are written at every evaluation
#
# WORKERS processes make samples until the end.
set -eu
cd "$(dirname "$0")/.."
mode=$1 output=$2 minutes=${3:-1}
workers=${WORKERS:-6}
folder=${SAMPLES:-/tmp/clearcut-bin}
count=2048
[ "$mode" = check ] && count=384
export OMP_NUM_THREADS=2
started=$(date +%s)
rm -rf "$folder"
python3 -m bin.samples bin/configs/samples.toml --data build/bin-pack --output "$folder" \
    --workers "$workers" --count "$count" --endless &
sampler=$!
trap 'kill $sampler 2>/dev/null || true' EXIT
trap 'exit 1' INT TERM
until [ -e "$folder/training/about.json" ]; do
    kill -0 $sampler
    sleep 1
done
if [ "$mode" = check ]; then
    python3 -m bin.train bin/configs/light.toml --samples "$folder" --copies "$output" --name bin-check --iterations 300
    python3 -m bin.train bin/configs/full.toml --samples "$folder" --copies "$output" --name bin-check-full --iterations 60
    exit
fi
left=$(awk "BEGIN { print $minutes - ($(date +%s) - $started) / 60 }")
python3 -m bin.train bin/configs/light.toml --samples "$folder" --copies "$output" --minutes "$left" &
light=$!
python3 -m bin.train bin/configs/full.toml --samples "$folder" --copies "$output" --minutes "$left" &
full=$!
failed=0
wait $light || failed=1
wait $full || failed=1
exit $failed
