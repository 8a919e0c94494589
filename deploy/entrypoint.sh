#!/bin/sh
# recording-crypto-server SERVICE [ARGUMENT...]: the one program of the image. exec, so that signals reach the service.
set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
# glibc's allocator would make an arena for each thread and keep what was freed (docs/performance.md).
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-1048576}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-262144}"
# Memory is overwritten when it is freed, so that nothing of an erased recording stays there.
export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.perturb=165:glibc.malloc.tcache_count=0}"
case "${1:-}" in
playback-gateway | decrypt-worker | key-vault)
    service=$1
    shift
    # A service that ends reads its source map then; to hold it all the time would make it half as large again.
    exec node "$tree/dist/apps/$service/main.js" "$@"
    ;;
rcsctl)
    shift
    exec node --enable-source-maps "$tree/dist/apps/rcsctl/main.js" "$@"
    ;;
*)
    echo "recording-crypto-server: which service? One of playback-gateway, decrypt-worker, key-vault, rcsctl" >&2
    exit 64
    ;;
esac
