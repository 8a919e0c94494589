#!/bin/sh
# recording-crypto-server SERVICE [ARGUMENT...]: the one program of the image. exec, so that signals reach the service.
set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
case "${1:-}" in
playback-gateway | decrypt-worker | key-vault | rcsctl)
    service=$1
    shift
    exec node --enable-source-maps "$tree/dist/apps/$service/main.js" "$@"
    ;;
*)
    echo "recording-crypto-server: which service? One of playback-gateway, decrypt-worker, key-vault, rcsctl" >&2
    exit 64
    ;;
esac
